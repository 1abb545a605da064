import { Menu } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCall } from '../call/call';
import { useAct } from '../call/use-host-actions';
import classes from './bar.module.css';
import { BarButton } from './bar-button';

/** What can be said without a word, and its name. */
export const REACTIONS = [
  { emoji: '👍', name: 'thumbsUp' },
  { emoji: '👏', name: 'applause' },
  { emoji: '❤️', name: 'heart' },
  { emoji: '😂', name: 'laugh' },
  { emoji: '😮', name: 'surprise' },
  { emoji: '🎉', name: 'party' },
] as const;

export function ReactionItems() {
  const { t } = useTranslation();
  const { conference } = useCall();
  const act = useAct();
  return (
    <div className={classes.emojis}>
      {REACTIONS.map(({ emoji, name }) => (
        <Menu.Item
          key={name}
          aria-label={t(`conference.reactions.${name}`)}
          onClick={() => act(() => conference.react(emoji))}
        >
          {emoji}
        </Menu.Item>
      ))}
    </div>
  );
}

export function ReactionMenu() {
  const { t } = useTranslation();
  return (
    <Menu position="top" shadow="md" withinPortal>
      <Menu.Target>
        <BarButton label={t('conference.react')} icon={<IconMoodSmile size="1.35rem" aria-hidden="true" />} />
      </Menu.Target>
      <Menu.Dropdown>
        <ReactionItems />
      </Menu.Dropdown>
    </Menu>
  );
}
