import { ActionIcon, Button, NativeSelect, Textarea } from '@mantine/core';
import { IconArrowDown, IconSend } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConferenceError } from '../../../conference/conference';
import { useCall, useMeeting, useView } from '../call/call';
import { sameParticipants } from '../call/people';
import { ChatEntry } from './chat-entry';
import { Panel } from './panel';
import classes from './panel.module.css';

const LONGEST = 4000;
/** Nearer to the end than this one reads the newest. */
const NEAR = 48;
/** Lines of the same person within this time stand under one name. */
const TOGETHER = 3 * 60_000;

/** What people write: to all, or to one. */
export function Chat() {
  const { t } = useTranslation();
  return (
    <Panel name="chat" title={t('conference.chat')}>
      <Lines />
      <Write />
    </Panel>
  );
}

function Lines() {
  const { t } = useTranslation();
  const { view } = useCall();
  const lines = useMeeting((snapshot) => snapshot.chat);
  const self = useMeeting((snapshot) => snapshot.self?.id ?? null);
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [newer, setNewer] = useState(false);

  const toEnd = () => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
    setNewer(false);
  };
  const count = lines.length;
  const mine = lines.at(-1)?.from === self;
  useLayoutEffect(() => {
    if (count === 0) return;
    if (atEnd.current || mine) {
      log.current?.scrollTo({ top: log.current.scrollHeight });
      setNewer(false);
    } else {
      setNewer(true);
    }
  }, [count, mine]);
  useEffect(() => {
    if (count >= 0) view.update({ unread: 0 });
  }, [view, count]);

  return (
    <div
      className={classes.log}
      ref={log}
      role="log"
      aria-label={t('conference.chat')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
        if (atEnd.current) setNewer(false);
      }}
    >
      {count === 0 && <p className={classes.empty}>{t('conference.chatEmpty')}</p>}
      {lines.map((line, at) => {
        const before = lines[at - 1];
        const follows = before?.from === line.from && before.to === line.to && line.at - before.at < TOGETHER;
        return <ChatEntry key={line.id} line={line} isOwn={line.from === self} follows={follows} />;
      })}
      {newer && (
        <Button
          className={classes.newer ?? ''}
          size="compact-md"
          leftSection={<IconArrowDown size="1rem" aria-hidden="true" />}
          onClick={toEnd}
        >
          {t('conference.chatNewer')}
        </Button>
      )}
    </div>
  );
}

function Write() {
  const { t } = useTranslation();
  const { conference, view, notices } = useCall();
  const people = useMeeting((snapshot) => snapshot.participants, sameParticipants);
  const to = useView((now) => now.chatTo);
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const others = people.filter((one) => !one.isSelf);
  // Who left meanwhile is not written to, and neither are all instead.
  const gone = to !== null && !others.some((one) => one.id === to);
  const send = async () => {
    const line = text.trim();
    if (!line || sending || gone) return;
    setSending(true);
    try {
      await conference.sendChat(line, to ?? undefined);
      setText('');
    } catch (error) {
      const fast = error instanceof ConferenceError && error.code === 'too_fast';
      notices.toast(t(fast ? 'conference.refused.too_fast' : 'conference.chatFailed'), { tone: 'warn' });
    } finally {
      setSending(false);
    }
  };
  return (
    <form
      className={classes.write}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <NativeSelect
        size="xs"
        aria-label={t('conference.chatTo')}
        value={to ?? ''}
        onChange={(event) => view.update({ chatTo: event.currentTarget.value || null })}
        error={gone ? t('conference.chatGone') : null}
      >
        <option value="">{t('conference.chatToAll')}</option>
        {gone && <option value={to}>{t('conference.chatToGone')}</option>}
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {t('conference.chatToOne', { name })}
          </option>
        ))}
      </NativeSelect>
      <div className={classes.writeRow}>
        <Textarea
          data-first
          size="sm"
          autosize={false}
          rows={2}
          maxLength={LONGEST}
          aria-label={t('conference.chatWrite')}
          placeholder={t('conference.chatWrite')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <ActionIcon
          type="submit"
          size="xl"
          aria-label={t('conference.chatSend')}
          disabled={!text.trim() || gone}
        >
          <IconSend size="1.2rem" aria-hidden="true" />
        </ActionIcon>
      </div>
    </form>
  );
}
