import { describe, test } from 'vitest';
import { RULES, runRule } from './rules';
import type { MakeStage } from './stage';

/** Makes a test of every rule, in a meeting of its own each. */
export function conferenceContract(name: string, make: MakeStage): void {
  describe(`${name} keeps the contract of conferences`, () => {
    for (const rule of RULES) {
      test(rule.name, async ({ skip }) => {
        if (!(await runRule(rule, make))) skip(`${name} does not do this`);
      });
    }
  });
}
