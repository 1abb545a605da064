import type { Capabilities, Role } from '../conference';
import { comingRules } from './rules-coming';
import { hostRules } from './rules-host';
import { mediaRules } from './rules-media';
import { talkRules } from './rules-talk';
import type { MakeStage, Stage } from './stage';

/** What holds for every conference, whoever carries it. */
export interface Rule {
  readonly name: string;
  /** The role in which it is looked at. */
  readonly as: Role;
  /** Holds only where the provider can do this. */
  readonly needs?: keyof Capabilities;
  run(stage: Stage): Promise<void>;
}

export const RULES: readonly Rule[] = [...comingRules, ...mediaRules, ...talkRules, ...hostRules];

/** Runs one rule in a meeting of its own; `false`: it does not concern this provider. */
export async function runRule(rule: Rule, make: MakeStage): Promise<boolean> {
  const stage = await make(rule.as);
  try {
    if (rule.needs && !stage.conference.capabilities[rule.needs]) return false;
    await rule.run(stage);
    return true;
  } finally {
    await stage.close();
  }
}
