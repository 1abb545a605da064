import { useTranslation } from 'react-i18next';
import { ConferenceError, type HostActions } from '../../../conference/conference';
import { type Question, useCall, useMeeting } from './call';

/** Does something that may be refused, and says so when it is. */
export function useAct(): (act: () => Promise<void> | undefined) => void {
  const { t } = useTranslation();
  const call = useCall();
  return (act) => {
    void act()?.catch((error: unknown) => {
      const code = error instanceof ConferenceError ? error.code : '';
      const known = code === 'too_fast' || code === 'not_host' || code === 'not_connected' ? code : 'other';
      call.notices.toast(t(`conference.refused.${known}`), { tone: 'warn' });
    });
  };
}

/** What hosts may do; `host` is `null` for all others. */
export function useHostActions() {
  const call = useCall();
  const run = useAct();
  const isHost = useMeeting((snapshot) => snapshot.self?.role === 'host');
  const host = isHost && call.conference.capabilities.hostActions ? call.conference.host : null;
  const act = (what: (actions: HostActions) => Promise<void>) => run(() => (host ? what(host) : undefined));
  const ask = (question: Question) => call.question.set(question);
  return { host, act, ask };
}
