import { Button, Loader } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Share, ShareState } from '../types';
import { useShare } from '../use-share';
import { Asks } from './asks';
import { ByCode } from './by-code';
import { Code } from './code';
import { Members } from './members';
import { Nearby } from './nearby';
import { Problem } from './problem';
import classes from './share.module.css';
import { Cost, Saved } from './sums';
import { receiversOf } from './tree';

/** Everything of sharing the meeting on this network: what one does now, or could do. */
export function ShareRoom({ share }: { readonly share: Share }) {
  const { t } = useTranslation();
  const state = useShare(share, (value) => value);
  const room = useRef<HTMLDivElement>(null);
  const { kind } = state.role;
  const before = useRef(kind);
  useEffect(() => {
    if (before.current === kind) return;
    before.current = kind;
    // What had the focus may be gone with what it was for: the keyboard goes on here.
    if (document.activeElement === document.body) room.current?.focus({ preventScroll: true });
  }, [kind]);
  return (
    <div ref={room} tabIndex={-1} className={classes.room} data-share-role={kind}>
      <p className={classes.small}>{t('share.about')}</p>
      <Problem problem={state.problem} />
      {!state.online && state.problem === null && (
        <p className={classes.small} role="status">
          {t('share.offline')}
        </p>
      )}
      <Role share={share} state={state} />
    </div>
  );
}

interface RoleProps {
  readonly share: Share;
  readonly state: ShareState;
}

function Role({ share, state }: RoleProps) {
  const { role, nearby, shares } = state;
  switch (role.kind) {
    case 'idle':
      return (
        <>
          <Nearby share={share} nearby={nearby} shares={shares} />
          <ByCode share={share} />
        </>
      );
    case 'asking':
      return <Asking share={share} name={role.name} />;
    case 'sharing':
      return <Sharing share={share} state={state} role={role} />;
    case 'receiving':
      return <Receiving share={share} state={state} role={role} />;
  }
}

function Asking({ share, name }: { readonly share: Share; readonly name: string | null }) {
  const { t } = useTranslation();
  return (
    <section className={classes.part}>
      <div className={classes.row} role="status">
        <Loader size="xs" aria-hidden="true" />
        <span className={classes.who}>
          {name === null ? t('share.asking.code') : t('share.asking.name', { name })}
        </span>
      </div>
      <Stop share={share}>{t('share.asking.stop')}</Stop>
    </section>
  );
}

type SharingRole = ShareState['role'] & { kind: 'sharing' };

function Sharing({ share, state, role }: RoleProps & { readonly role: SharingRole }) {
  const { t } = useTranslation();
  const { asked, members, nearby, cost, savedNearby } = state;
  const count = receiversOf(members).length;
  // Who receives already stands below, and shares of others are for those who do not share.
  const inside = new Set(members.map(({ device }) => device));
  const others = nearby.filter(({ device }) => !inside.has(device));
  return (
    <>
      <Asks share={share} asked={asked} />
      <section className={classes.part} aria-labelledby="share-sharing">
        <h3 id="share-sharing">{t('share.sharing.title')}</h3>
        <p role="status">
          {count === 0 ? t('share.sharing.nobody') : t('share.sharing.receivers', { count })}
        </p>
        <Cost cost={cost} />
        <Stop share={share}>{t('share.sharing.stop')}</Stop>
      </section>
      <Saved of="nearby" bytes={savedNearby} />
      <Members share={share} members={members} isSharer />
      {others.length > 0 && <Nearby share={share} nearby={others} shares={[]} />}
      <Code share={share} role={role} />
    </>
  );
}

type ReceivingRole = ShareState['role'] & { kind: 'receiving' };

function Receiving({ share, state, role }: RoleProps & { readonly role: ReceivingRole }) {
  const { t } = useTranslation();
  const { members, received, cost, savedBytes } = state;
  const { from, parent, connected } = role;
  const pictures = received.filter(({ source }) => source === 'camera' || source === 'screen');
  const playing = pictures.filter((one) => one.state === 'playing');
  const ways = new Set(playing.map(({ way }) => way));
  const [only] = ways;
  const isDirect = parent === null || parent === from;
  return (
    <>
      <section className={classes.part} aria-labelledby="share-receiving">
        <h3 id="share-receiving">{t('share.receiving.title')}</h3>
        <p role="status">
          {isDirect
            ? t('share.receiving.from', { name: from })
            : t('share.receiving.through', { name: from, parent })}
        </p>
        <p className={classes.small}>
          {!connected && t('share.receiving.connecting')}
          {connected && playing.length === 0 && t('share.receiving.none')}
          {connected &&
            only &&
            `${t('share.receiving.pictures', { count: playing.length })} · ${t(`share.way.${ways.size > 1 ? 'mixed' : only}`)}`}
        </p>
        <Cost cost={cost} />
        <Stop share={share}>{t('share.receiving.stop')}</Stop>
      </section>
      <Saved of="own" bytes={savedBytes} />
      <Members share={share} members={members} isSharer={false} />
    </>
  );
}

function Stop({ share, children }: { readonly share: Share; readonly children: ReactNode }) {
  return (
    <div>
      <Button variant="default" onClick={() => share.stop()}>
        {children}
      </Button>
    </div>
  );
}
