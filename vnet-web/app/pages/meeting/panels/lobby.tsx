import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../call/call';
import { useHostActions } from '../call/use-host-actions';
import { Avatar } from '../stage/avatar';
import classes from './panel.module.css';

/** Who waits to be let in: for hosts. */
export function Lobby() {
  const { t } = useTranslation();
  const waiting = useMeeting((snapshot) => snapshot.waiting);
  const { host, act } = useHostActions();
  if (!host || waiting.length === 0) return null;
  return (
    <section className={classes.waiting} aria-label={t('conference.waitingRoom')}>
      <h3 className={classes.section}>{t('conference.waitingCount', { count: waiting.length })}</h3>
      <ul className={classes.list}>
        {waiting.map(({ id, name }) => (
          <li key={id} className={classes.row}>
            <Avatar name={name} small />
            <span className={classes.who}>
              <bdi>{name}</bdi>
            </span>
            <Button
              size="compact-sm"
              aria-label={t('conference.admitName', { name })}
              onClick={() => act((actions) => actions.admit(id))}
            >
              {t('conference.admit')}
            </Button>
            <Tooltip label={t('conference.deny')}>
              <ActionIcon
                variant="default"
                aria-label={t('conference.denyName', { name })}
                onClick={() => act((actions) => actions.deny(id))}
              >
                <IconX size="1.1rem" aria-hidden="true" />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </ul>
      {waiting.length > 1 && (
        <Button
          size="compact-md"
          variant="light"
          fullWidth
          onClick={() =>
            act(async (actions) => void (await Promise.all(waiting.map(({ id }) => actions.admit(id)))))
          }
        >
          {t('conference.admitAll')}
        </Button>
      )}
    </section>
  );
}
