import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useApi } from '../../api/api-context';
import type { Meeting } from '../../api/client';
import { comingQuery, isOver, isRunning, pastQuery } from '../../api/queries';
import { Card } from '../../components/card';
import { useNow } from '../../time/use-now';
import { byDay, useDayWords } from './days';
import classes from './home.module.css';
import { Empty, Faulty, Waiting } from './list-states';
import { MeetingRow } from './meeting-row';

const TABS = ['upcoming', 'past'] as const;

/** One's own meetings: those that run and come, and those that are over. */
export function MeetingLists() {
  const { t } = useTranslation();
  const [tab, setTab] = useState<(typeof TABS)[number]>('upcoming');
  const head = useId();
  return (
    <Card aria-labelledby={head}>
      <div className={classes.listHead}>
        <h2 id={head}>{t('home.yours')}</h2>
        <div className={classes.tabs}>
          {TABS.map((name) => (
            <button
              key={name}
              type="button"
              className={classes.tab}
              aria-pressed={tab === name}
              onClick={() => setTab(name)}
            >
              {t(`home.${name}`)}
            </button>
          ))}
        </div>
      </div>
      {tab === 'upcoming' ? <Coming /> : <Past />}
    </Card>
  );
}

function Coming() {
  const { t } = useTranslation();
  const now = useNow();
  const query = useInfiniteQuery(comingQuery(useApi()));
  if (query.isPending) return <Waiting />;
  if (query.isError && !query.data)
    return <Faulty error={query.error} onRetry={() => void query.refetch()} />;
  const meetings = query.data.pages
    .flatMap((page) => page.meetings)
    .filter((meeting) => !isOver(meeting, now));
  const running = meetings.filter((meeting) => isRunning(meeting, now));
  const upcoming = meetings.filter((meeting) => !isRunning(meeting, now));
  if (meetings.length === 0 && !query.hasNextPage) {
    return (
      <Empty title={t('home.none')} help={t('home.noneHelp')}>
        <Button component={Link} to="/new-meeting/" variant="default" size="sm">
          {t('home.scheduleFirst')}
        </Button>
      </Empty>
    );
  }
  return (
    <>
      {running.length > 0 && (
        <section className={classes.group}>
          <h3 className={classes.live}>{t('home.running')}</h3>
          <ul>
            {running.map((meeting) => (
              <MeetingRow key={meeting.meeting_id} meeting={meeting} now={now} state="running" />
            ))}
          </ul>
        </section>
      )}
      <Days meetings={upcoming} now={now} state="upcoming" />
      <More query={query} />
    </>
  );
}

function Past() {
  const { t } = useTranslation();
  const now = useNow();
  const query = useInfiniteQuery(pastQuery(useApi()));
  if (query.isPending) return <Waiting />;
  if (query.isError && !query.data)
    return <Faulty error={query.error} onRetry={() => void query.refetch()} />;
  const meetings = query.data.pages.flatMap((page) => page.meetings);
  if (meetings.length === 0) return <Empty title={t('home.nonePast')} help={t('home.nonePastHelp')} />;
  return (
    <>
      <Days meetings={meetings} now={now} state="past" />
      <More query={query} />
    </>
  );
}

interface MoreProps {
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
}

/** Asks for the next page, if there is one. */
function More({ query }: MoreProps) {
  const { t } = useTranslation();
  if (!query.hasNextPage) return null;
  return (
    <Button variant="default" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {t('home.more')}
    </Button>
  );
}

interface DaysProps {
  readonly meetings: readonly Meeting[];
  readonly now: number;
  readonly state: 'upcoming' | 'past';
}

function Days({ meetings, now, state }: DaysProps) {
  const words = useDayWords(now);
  return byDay(meetings).map(([day, ofDay]) => (
    <section key={day} className={classes.group}>
      <h3>{words(day)}</h3>
      <ul>
        {ofDay.map((meeting) => (
          <MeetingRow key={meeting.meeting_id} meeting={meeting} now={now} state={state} />
        ))}
      </ul>
    </section>
  ));
}
