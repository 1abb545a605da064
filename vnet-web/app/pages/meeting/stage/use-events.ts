import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { type Call, useCall } from '../call/call';
import { nameOf } from '../call/people';
import { chime } from './chime';

const TEXT_SHOWN = 120;
/** Just after one came in, those who are there already are no news. */
const SETTLING = 1_500;

/** Tells of what happens: to the eye, to those who hear the page, and, if wanted, with a sound. */
export function useEvents(): void {
  const { t } = useTranslation();
  const call = useCall();
  const name = (id: string | null) => nameOf(call.conference.snapshot(), id) ?? t('conference.somebody');

  const onJoined = useEffectEvent((who: string) => {
    call.notices.toast(t('conference.said.joined', { name: who }), { lasts: 3500 });
    sound(call, 'joined');
  });
  const onDeparted = useEffectEvent((who: string) => {
    call.notices.toast(t('conference.said.departed', { name: who }), { lasts: 3500 });
    sound(call, 'departed');
  });
  const onChat = useEffectEvent((from: string, to: string | null, who: string, text: string) => {
    const { self } = call.conference.snapshot();
    const { panel, unread } = call.view.get();
    if (from === self?.id || panel === 'chat') return;
    call.view.update({ unread: unread + 1 });
    const short = text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text;
    call.notices.toast(
      t(to ? 'conference.said.chatDirect' : 'conference.said.chat', { name: who, text: short }),
      {
        id: 'chat',
        actions: [{ label: t('conference.said.chatOpen'), act: () => call.view.update({ panel: 'chat' }) }],
      },
    );
    sound(call, 'chat');
  });
  const onHand = useEffectEvent((who: string, isSelf: boolean, raised: boolean) => {
    if (isSelf) call.notices.say(t(raised ? 'conference.said.handUp' : 'conference.said.handDown'));
    else if (raised) call.notices.toast(t('conference.said.hand', { name: who }), { lasts: 4500 });
  });
  const onSilenced = useEffectEvent((source: string, by: string | null) => {
    const what = source === 'microphone' || source === 'camera' ? source : 'screen';
    call.notices.toast(t(`conference.said.silenced.${what}`, { name: name(by) }), { tone: 'warn' });
  });
  const onReaction = useEffectEvent((participant: string, emoji: string) => {
    call.notices.say(t('conference.said.reaction', { name: name(participant), emoji }));
  });
  const onRefused = useEffectEvent((message: string) => {
    call.notices.toast(message || t('conference.refused.other'), { tone: 'warn' });
  });
  const onFault = useEffectEvent(() => {
    const fault = call.faults.get();
    if (!fault) return;
    const device = fault.source === 'screenAudio' ? 'screen' : fault.source;
    call.notices.toast(
      `${t(`conference.deviceFault.${device}`)} ${t(`conference.deviceCause.${fault.cause}`)}`,
      {
        tone: 'bad',
        id: `fault ${device}`,
        lasts: 9000,
      },
    );
  });

  useEffect(() => {
    const { conference } = call;
    const since = Date.now();
    const settled = () => Date.now() - since > SETTLING;
    const stops = [
      conference.on('joined', (who) => !who.isSelf && settled() && onJoined(who.name)),
      conference.on('departed', (who) => !who.isSelf && onDeparted(who.name)),
      conference.on('chat', ({ from, to, name: who, text }) => onChat(from, to, who, text)),
      conference.on('hand', (who) => onHand(who.name, who.isSelf, who.hand)),
      conference.on('silenced', ({ source, by }) => onSilenced(source, by)),
      conference.on('reaction', ({ participant, emoji }) => onReaction(participant, emoji)),
      conference.on('refused', (error) => onRefused(error.message)),
      call.faults.subscribe(() => onFault()),
      // What a message points to is open now.
      call.view.subscribe(() => {
        const { panel } = call.view.get();
        if (panel === 'people') call.notices.close('lobby');
        if (panel === 'chat') call.notices.close('chat');
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [call]);
  useLobbyNews();
}

function sound(call: Call, what: 'joined' | 'departed' | 'chat' | 'waiting'): void {
  if (call.view.get().sounds) chime(what);
}

/** Hosts are told at once who waits; one message for all of them, for as long as they wait. */
function useLobbyNews(): void {
  const { t } = useTranslation();
  const call = useCall();
  const tell = useEffectEvent((before: readonly string[]): readonly string[] => {
    const { waiting } = call.conference.snapshot();
    const now = waiting.map((one) => one.id);
    const isNew = now.some((id) => !before.includes(id));
    const open = call.notices.toasts.get().some((toast) => toast.id === 'lobby');
    if (now.length === 0) call.notices.close('lobby');
    else if (call.view.get().panel === 'people') call.notices.close('lobby');
    else if (isNew || (open && now.length !== before.length))
      lobbyToast(now.length, waiting[0]?.name ?? '', isNew);
    return now;
  });
  const lobbyToast = (count: number, first: string, isNew: boolean) => {
    const [only] = call.conference.snapshot().waiting;
    const admit = {
      label: t('conference.admit'),
      act: () => void (only && call.conference.host?.admit(only.id).catch(() => {})),
    };
    const look = { label: t('conference.look'), act: () => call.view.update({ panel: 'people' }) };
    const text =
      count === 1 ? t('conference.said.waits', { name: first }) : t('conference.waitingCount', { count });
    call.notices.toast(text, {
      id: 'lobby',
      tone: 'warn',
      lasts: null,
      spoken: isNew,
      actions: count === 1 ? [admit, look] : [look],
    });
    if (isNew) sound(call, 'waiting');
  };
  useEffect(() => {
    let before: readonly string[] = [];
    let list = call.conference.snapshot().waiting;
    if (list.length > 0) before = tell(before);
    return call.conference.subscribe(() => {
      const now = call.conference.snapshot().waiting;
      if (now === list) return;
      list = now;
      before = tell(before);
    });
  }, [call]);
}
