import { collect, comes, ensure, person, refused, same, until, untilSees, withOther } from './check';
import type { Rule } from './rules';

const texts = (events: unknown[]) => (events as { text: string }[]).map(({ text }) => text);

/** Chat, hands, reactions. */
export const talkRules: readonly Rule[] = [
  {
    name: 'chat goes both ways, and each line is told once, also one’s own',
    as: 'guest',
    needs: 'chat',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      const lines = collect(conference, 'chat');
      await conference.sendChat('Hello <b>there</b> & "all" 👋');
      await untilSees(other, 'it is read', ({ chat }) => chat.length === 1);
      await other.act({ do: 'say', text: 'Hello back' });
      await until(conference, 'the answer is there', ({ chat }) => chat.length === 2);
      const { chat, self } = conference.snapshot();
      same(
        chat.map((line) => [line.name, line.text, line.to]),
        [
          [name, 'Hello <b>there</b> & "all" 👋', null],
          [other.name, 'Hello back', null],
        ],
        'the chat',
      );
      same(chat[0]?.from, self?.id, 'the author of one’s own line');
      ensure(new Set(chat.map((line) => line.id)).size === 2, 'lines have names of their own');
      await until(conference, 'both are told', () => lines.length >= 2);
      same(
        texts(lines),
        chat.map((line) => line.text),
        'what was told',
      );
    },
  },
  {
    name: 'a line to one person is read by that one alone',
    as: 'guest',
    needs: 'chat',
    async run(stage) {
      const { conference } = stage;
      const other = await withOther(stage);
      const third = await comes(stage, 1);
      const to = await until(conference, 'the third is there', (snapshot) => person(snapshot, third.name));
      await conference.sendChat('only for you', to.id);
      await conference.sendChat('for all');
      await untilSees(third, 'both lines are there', ({ chat }) => chat.length === 2);
      const { chat } = await untilSees(other, 'the line to all is there', (sight) => sight.chat.length > 0);
      same(
        chat.map((line) => line.text),
        ['for all'],
        'what the other reads',
      );
      same(
        conference.snapshot().chat.map((line) => line.to),
        [to.id, null],
        'to whom the own lines are',
      );
    },
  },
  {
    name: 'who comes late reads what was said to all',
    as: 'guest',
    needs: 'chat',
    async run(stage) {
      const { conference } = stage;
      const other = await comes(stage, 0);
      await other.act({ do: 'say', text: 'said before' });
      const lines = collect(conference, 'chat');
      await conference.join();
      same(
        conference.snapshot().chat.map((line) => line.text),
        ['said before'],
        'the chat',
      );
      same(lines.length, 0, 'the number of events');
    },
  },
  {
    name: 'lines without content, and lines to nobody, are refused',
    as: 'guest',
    needs: 'chat',
    async run({ conference }) {
      await conference.join();
      await refused(conference.sendChat('  '), 'a blank line');
      await refused(conference.sendChat('x', 'nobody'), 'a line to nobody');
      same(conference.snapshot().chat, [], 'the chat');
    },
  },
  {
    name: 'hands go up and down, and each change is told once',
    as: 'guest',
    needs: 'hands',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      const hands = collect(conference, 'hand') as { name: string; hand: boolean }[];
      await conference.raiseHand(true);
      await until(conference, 'one’s own hand is up', ({ self }) => self?.hand);
      const isUp = (who: string) => (sight: { people: readonly { name: string; hand: boolean }[] }) =>
        sight.people.some((one) => one.name === who && one.hand);
      await untilSees(other, 'the hand is up', isUp(name));
      await other.act({ do: 'hand', raised: true });
      await until(conference, 'theirs is up', (snapshot) => person(snapshot, other.name)?.hand);
      await conference.raiseHand(false);
      await until(conference, 'one’s own is down', ({ self }) => self && !self.hand);
      await until(conference, 'all is told', () => hands.length >= 3);
      same(
        hands.map((one) => [one.name, one.hand]),
        [
          [name, true],
          [other.name, true],
          [name, false],
        ],
        'what was told',
      );
    },
  },
  {
    name: 'reactions go both ways',
    as: 'guest',
    needs: 'reactions',
    async run(stage) {
      const { conference } = stage;
      const other = await withOther(stage);
      const seen = collect(conference, 'reaction') as { participant: string; emoji: string }[];
      await conference.react('👏');
      await untilSees(other, 'it is seen', ({ reactions }) => reactions.includes('👏'));
      const theirs = new Promise<void>((done) =>
        conference.on('reaction', ({ emoji }) => emoji === '👍' && done()),
      );
      await other.act({ do: 'react', emoji: '👍' });
      await theirs;
      const { self, participants } = conference.snapshot();
      const them = participants.find((one) => one.name === other.name);
      same(
        seen,
        [
          { participant: self?.id, emoji: '👏' },
          { participant: them?.id, emoji: '👍' },
        ],
        'what was told',
      );
    },
  },
];
