import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { isPicture } from '../../../conference/conference';
import type { Share, ShareState } from '../../../lan/share/types';
import { isMild } from '../../../lan/share/ui/problem';
import { receiversOf } from '../../../lan/share/ui/tree';
import { type Call, useCall } from '../call/call';

const ASKS = 'share-asks';
const INVITED = 'share-invited';
const SUGGESTED = 'share-suggested';
const PROBLEM = 'share-problem';
/** What is wrong takes longer to read. */
const PROBLEM_LASTS = 20_000;

/** So long one is in peace after coming in before anything is suggested. */
export const SUGGEST_AFTER = 4_000;
/** So long the suggestion stays; what it offers is in the panel, too. */
const SUGGESTION_LASTS = 40_000;

/** Where the suggestion was made already: once for each meeting. */
const suggested = new WeakSet<Share>();

/** Tells of sharing on this network, and lets people answer with one click. */
export function useShareNews(): void {
  const call = useCall();
  const tell = useTell();
  const look = useEffectEvent((before: ShareState | null) => {
    const now = call.share.state();
    tell.asks(before, now);
    tell.invitation(before, now);
    tell.began(before, now);
    tell.problem(before, now);
    if (now.role.kind !== 'idle' || now.invitation) call.notices.close(SUGGESTED);
    return now;
  });
  const suggest = useEffectEvent(() => tell.suggestion());
  useEffect(() => {
    let before = look(null);
    const stops = [
      call.share.subscribe(() => {
        before = look(before);
        if (isSettled) suggest();
      }),
      // What a message points to is open now.
      call.view.subscribe(() => {
        if (call.view.get().panel !== 'lan') return;
        for (const id of [ASKS, INVITED, SUGGESTED, PROBLEM]) call.notices.close(id);
      }),
    ];
    let isSettled = false;
    const timer = setTimeout(() => {
      isSettled = true;
      suggest();
    }, SUGGEST_AFTER);
    // Somebody nearby is of use only once there is a picture to share.
    stops.push(call.conference.subscribe(() => isSettled && suggest()));
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [call]);
}

/** Whether there is anything that could come another way. */
const hasPictures = ({ conference }: Call): boolean =>
  conference.snapshot().streams.some(({ source, muted }) => isPicture(source) && !muted);

function useTell() {
  const { t } = useTranslation();
  const call = useCall();
  const { share, notices, view } = call;
  const open = () => view.update({ panel: 'lan' });
  const look = { label: t('conference.look'), act: open };

  const asks = (before: ShareState | null, { asked }: ShareState) => {
    const known = new Set(before?.asked.map(({ device }) => device));
    if (before && asked.length === before.asked.length && asked.every(({ device }) => known.has(device)))
      return;
    const [first] = asked;
    if (!first || view.get().panel === 'lan') {
      notices.close(ASKS);
      if (!first) return;
    }
    const isNew = asked.some(({ device }) => !known.has(device));
    const { device, name, viewer } = first;
    const one = t(viewer ? 'share.news.asksViewer' : 'share.news.asks', { name });
    const text = asked.length === 1 ? one : t('share.news.ask', { count: asked.length });
    // Whoever looks at the panel has it before them: it is only read out.
    if (view.get().panel === 'lan') {
      if (isNew) notices.say(text);
      return;
    }
    const answers = [
      { label: t('share.asks.allow'), act: () => share.admit(device) },
      { label: t('share.asks.refuse'), act: () => share.refuse(device) },
    ];
    notices.toast(text, {
      id: ASKS,
      tone: 'warn',
      lasts: null,
      spoken: isNew,
      actions: asked.length === 1 ? [...answers, look] : [look],
    });
  };

  const invitation = (before: ShareState | null, { invitation: now, role, members }: ShareState) => {
    if (before?.invitation?.share === now?.share) return;
    // Two who offer each other at the same moment: as long as nobody receives, one may still take the other's.
    const isFree = role.kind === 'idle' || (role.kind === 'sharing' && receiversOf(members).length === 0);
    if (!now || !isFree) {
      notices.close(INVITED);
      return;
    }
    const receive = () => {
      if (share.state().role.kind === 'sharing') share.stop();
      share.ask(now.share);
    };
    notices.toast(t('share.news.invited', { name: now.name }), {
      id: INVITED,
      tone: 'warn',
      lasts: null,
      actions: [
        { label: t('share.news.receive'), act: receive },
        { label: t('share.news.later'), act: () => share.decline(now.share) },
      ],
    });
  };

  const began = (before: ShareState | null, { role, members }: ShareState) => {
    if (!before) return;
    const was = before.role;
    const isConnected = role.kind === 'receiving' && role.connected;
    if (isConnected && !(was.kind === 'receiving' && was.connected)) notices.say(t('share.news.began'));
    if (role.kind !== 'sharing') return;
    const known = new Set(before.members.map(({ device }) => device));
    for (const { device, name } of receiversOf(members)) {
      if (!known.has(device)) notices.say(t('share.news.receives', { name }));
    }
  };

  const problem = (before: ShareState | null, { problem: now }: ShareState) => {
    if (now === (before?.problem ?? null)) return;
    // Whoever looks at the panel reads it there.
    if (!now || view.get().panel === 'lan') {
      notices.close(PROBLEM);
      return;
    }
    const tone = isMild(now) ? 'info' : 'warn';
    notices.toast(t(`share.problem.${now}`), { id: PROBLEM, tone, lasts: PROBLEM_LASTS, actions: [look] });
  };

  const suggestion = () => {
    const { role, nearby, shares, invitation: offered } = share.state();
    if (suggested.has(share) || role.kind !== 'idle' || offered || view.get().panel === 'lan') return;
    const [offer] = shares;
    const [somebody, ...more] = nearby;
    if (!offer && (!somebody || !hasPictures(call))) return;
    suggested.add(share);
    const later = { label: t('share.news.later'), act: () => {} };
    const options = { id: SUGGESTED, lasts: SUGGESTION_LASTS } as const;
    if (offer) {
      const receive = { label: t('share.news.receive'), act: () => share.ask(offer.share) };
      notices.toast(t('share.news.shares', { name: offer.name }), { ...options, actions: [receive, later] });
      return;
    }
    if (!somebody) return;
    const { name } = somebody;
    const text =
      more.length === 0
        ? t('share.news.nearby', { name })
        : t('share.news.nearbyMore', { name, count: more.length });
    const offerAll = () => {
      for (const { device, invited } of share.state().nearby) if (!invited) share.invite(device);
    };
    notices.toast(text, { ...options, actions: [{ label: t('share.news.share'), act: offerAll }, later] });
  };

  return { asks, invitation, began, problem, suggestion };
}
