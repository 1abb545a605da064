import { Menu } from '@mantine/core';
import { IconDoorExit, IconPhoneOff, IconUsersMinus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCall } from '../call/call';
import { useHostActions } from '../call/use-host-actions';
import classes from './bar.module.css';

/** Guests leave; hosts leave, or end the meeting for all. */
export function LeaveButton() {
  const { t } = useTranslation();
  const { conference } = useCall();
  const { host, ask } = useHostActions();
  const button = (props: { onClick?: () => void }) => (
    <button
      type="button"
      className={classes.leave}
      data-toolbar-toggle
      aria-label={t('conference.leave')}
      {...props}
    >
      <IconPhoneOff size="1.3rem" aria-hidden="true" />
      <span>{t('conference.leave')}</span>
    </button>
  );
  if (!host) return button({ onClick: () => void conference.leave() });
  return (
    <Menu position="top-end" shadow="md" withinPortal>
      <Menu.Target>{button({})}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconDoorExit size="1.1rem" aria-hidden="true" />}
          onClick={() => void conference.leave()}
        >
          {t('conference.leaveOnly')}
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<IconUsersMinus size="1.1rem" aria-hidden="true" />}
          onClick={() => ask({ kind: 'end' })}
        >
          {t('conference.endForAll')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
