import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, Outlet, ScrollRestoration } from 'react-router';
import { useApi } from '../api/api-context';
import { userQuery } from '../api/queries';
import { useShell } from '../shell-context';
import { LanguageChoice } from './language-choice';
import classes from './layout.module.css';
import { fullName } from './names';

/** The frame around every page but the running meeting. */
export function Layout() {
  return (
    <Frame>
      <Outlet />
      <ScrollRestoration />
    </Frame>
  );
}

/** Header, content and footer. */
export function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={classes.page}>
      <a className={classes.skip} href="#content">
        {t('common.skip')}
      </a>
      <Header />
      <main id="content" tabIndex={-1} className={`${classes.wide} ${classes.main}`}>
        {children}
      </main>
      <Footer />
    </div>
  );
}

function Header() {
  const { t } = useTranslation();
  const shell = useShell();
  return (
    <header className={classes.bar}>
      <div className={classes.wide}>
        <a className={classes.brand} href={shell.homePage}>
          <img src={shell.logo} alt="" width="36" height="36" />
          <span className={classes.brandName} aria-hidden="true">
            VNET
          </span>
          <VisuallyHidden>{t('common.homePage')}</VisuallyHidden>
        </a>
        <nav className={classes.nav} aria-label={t('common.mainMenu')}>
          <NavLink to="/" end>
            {t('common.home')}
          </NavLink>
          <a href={shell.helpPage}>{t('common.help')}</a>
          <LanguageChoice />
        </nav>
        <Who />
      </div>
    </header>
  );
}

/** Who is signed in, with the way to the account. */
function Who() {
  const { t } = useTranslation();
  const { profilePage } = useShell();
  const { data: user } = useQuery(userQuery(useApi()));
  if (!user) return null;
  return (
    <div className={classes.who}>
      <div className={classes.whoText}>
        <a href={profilePage}>{fullName(user)}</a>
        <span>{user.email}</span>
      </div>
      <a href={profilePage} title={t('common.yourAccount')}>
        <img
          className={classes.avatar}
          src={user.profile_image}
          alt={t('common.yourAccount')}
          width="40"
          height="40"
        />
      </a>
    </div>
  );
}

function Footer() {
  const { t } = useTranslation();
  const shell = useShell();
  return (
    <footer className={classes.foot}>
      <div className={classes.wide}>
        <p>{t('common.product')}</p>
        <a href={shell.helpPage}>{t('common.help')}</a>
        <Link to="/privacy/">{t('common.privacy')}</Link>
        <a href={shell.profilePage}>{t('common.account')}</a>
        <a href={shell.signOutPage}>{t('common.signOut')}</a>
      </div>
    </footer>
  );
}
