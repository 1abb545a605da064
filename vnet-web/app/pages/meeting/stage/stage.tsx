import './stage-components.css';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { type Call, CallContext, useCall, useView } from '../call/call';
import { useSelected } from '../call/store';
import { Bar } from '../controls/bar';
import { Clock } from '../controls/clock';
import { HelpSheet } from '../controls/help-sheet';
import { useShortcuts } from '../controls/use-shortcuts';
import { Chat } from '../panels/chat';
import { Lan } from '../panels/lan';
import { People } from '../panels/people';
import { Statistics } from '../panels/statistics';
import { Alone, Banner, SharingBar } from './banner';
import { Grid } from './grid';
import { LanBar, useReceived } from './lan-bar';
import { PictureView } from './picture-view';
import { QuestionDialog } from './question-dialog';
import { Reactions } from './reactions';
import classes from './stage.module.css';
import { Announcer, Toasts } from './toasts';
import { useEvents } from './use-events';
import { useCompact } from './use-media';
import { useShareNews } from './use-share-news';
import { useWakeLock } from './use-wake-lock';
import { type SetSpeaker, Voices } from './voices';

export interface StageProps {
  readonly call: Call;
  readonly title: string;
  /** As it is shown. */
  readonly code: string;
  /** The text that invites others. */
  readonly invite: string;
  readonly speakerId: string | null;
  readonly onSpeaker: (id: string | null) => void;
  readonly setSpeaker: SetSpeaker;
}

/** The meeting, while one is in it. */
export function Stage(props: StageProps) {
  const { call } = props;
  useEffect(() => call.start(), [call]);
  return (
    <CallContext value={call}>
      <Inside {...props} />
    </CallContext>
  );
}

function Inside({ title, code, invite, speakerId, onSpeaker, setSpeaker }: StageProps) {
  const { t } = useTranslation();
  const compact = useCompact();
  useShortcuts();
  useEvents();
  useWakeLock();
  useReceived();
  useShareNews();
  useUnreadTitle(title);
  return (
    <main className={classes.stage} aria-label={title}>
      <h1 className={classes.hidden}>{title}</h1>
      {compact && (
        <header className={classes.head}>
          <bdi>{title}</bdi>
          <Clock />
        </header>
      )}
      <div className={classes.notes}>
        <Banner />
        <SharingBar />
        <LanBar />
        <Voices speakerId={speakerId} setSpeaker={setSpeaker} />
      </div>
      <div className={classes.middle}>
        <div className={classes.tiles}>
          <Grid />
          <Reactions />
          <Alone code={code} invite={invite} />
        </div>
        <OpenPanel />
      </div>
      <Bar title={title} speakerId={speakerId} onSpeaker={onSpeaker} />
      <Toasts />
      <Announcer />
      <Talking label={t('conference.talking')} />
      <HelpSheet />
      <QuestionDialog />
      <PictureView />
    </main>
  );
}

function OpenPanel() {
  const panel = useView((view) => view.panel);
  if (panel === 'people') return <People />;
  if (panel === 'chat') return <Chat />;
  if (panel === 'lan') return <Lan />;
  return panel === 'statistics' ? <Statistics /> : null;
}

/** Shown while the space bar holds the microphone open. */
function Talking({ label }: { label: string }) {
  const { local } = useCall();
  const talking = useSelected(local.talking, (held) => held);
  return talking ? <p className={classes.talking}>{label}</p> : null;
}

/** The number of unread lines stands before the title of the tab. */
function useUnreadTitle(title: string): void {
  const unread = useView((view) => view.unread);
  useEffect(() => {
    const before = document.title;
    document.title = unread > 0 ? `(${unread}) ${title} – VNET` : `${title} – VNET`;
    return () => {
      document.title = before;
    };
  }, [unread, title]);
}
