import { Button, Loader } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import { LanguageChoice } from '../../components/language-choice';
import { useTitle } from '../../components/use-title';
import { NO_SHARE } from '../../lan/share/idle';
import type { Share } from '../../lan/share/types';
import { useShare } from '../../lan/share/use-share';
import { useShell } from '../../shell-context';
import { Show } from './show';
import { useMakeViewer } from './viewer';
import classes from './watch.module.css';
import { WatchForm } from './watch-form';

/** A second screen: receives a meeting over the local network, by code and without an account. */
export function Component() {
  const { t } = useTranslation();
  const { watchServer: server } = useShell();
  const makeViewer = useMakeViewer();
  const [share, setShare] = useState<Share>(NO_SHARE);
  const role = useShare(share, (state) => state.role);
  useTitle(t('share.watch.title'));
  useEffect(() => () => share.close(), [share]);
  const start = (name: string, code: string) => {
    const viewer = makeViewer({ server, name });
    setShare(viewer);
    viewer.askByCode(code);
  };
  if (role.kind === 'receiving') return <Show share={share} role={role} />;
  return (
    <div className={classes.page}>
      <Header />
      <main className={classes.main}>
        {role.kind === 'asking' ? <Waiting share={share} /> : <WatchForm share={share} onStart={start} />}
      </main>
    </div>
  );
}

function Header() {
  const { t } = useTranslation();
  const { logo, homePage } = useShell();
  return (
    <header className={classes.header}>
      <a className={classes.brand} href={homePage} aria-label={t('common.homePage')}>
        <img src={logo} alt="" width="36" height="36" />
        <span aria-hidden="true">VNET</span>
      </a>
      <LanguageChoice />
    </header>
  );
}

function Waiting({ share }: { readonly share: Share }) {
  const { t } = useTranslation();
  const online = useShare(share, (state) => state.online);
  const head = useRef<HTMLHeadingElement>(null);
  // The page has changed as a whole: whoever listens is told.
  useEffect(() => head.current?.focus(), []);
  return (
    <Card className={classes.card}>
      <div className={classes.waiting}>
        <Loader size="lg" type="dots" aria-hidden="true" />
        <h1 ref={head} tabIndex={-1}>
          {t(online ? 'share.watch.waiting' : 'share.watch.connecting')}
        </h1>
        <Button variant="default" onClick={() => share.stop()}>
          {t('share.watch.cancel')}
        </Button>
      </div>
    </Card>
  );
}
