import { Menu } from '@mantine/core';
import {
  IconChartBar,
  IconDots,
  IconGauge,
  IconKeyboard,
  IconLayoutGrid,
  IconMaximize,
  IconMinimize,
  IconNetwork,
  IconPictureInPicture,
  IconScreenShare,
  IconUserSquare,
  IconUsers,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCall, useMeeting, useView } from '../call/call';
import { shallow, useSelected } from '../call/store';
import { MORE_MENU } from '../panels/panel';
import type { LayoutMode, SelfView } from '../stage/tile-list';
import { canShare } from './bar';
import classes from './bar.module.css';
import { BarButton } from './bar-button';
import { CameraItems, SoundItems } from './device-menus';
import { canFullScreen, toggleFullScreen, useFullScreen } from './full-screen';
import { ReactionItems } from './reaction-menu';

const ICON = { size: '1.15rem', 'aria-hidden': true } as const;
const LAYOUTS: readonly LayoutMode[] = ['auto', 'grid', 'speaker'];
const SELF_VIEWS: readonly SelfView[] = ['auto', 'grid', 'float', 'hidden'];
/** Bits a second; 0: no cap. */
const CAPS = [0, 4_000_000, 1_500_000, 500_000] as const;

interface MoreMenuProps {
  readonly compact: boolean;
  readonly speakerId: string | null;
  readonly onSpeaker: (id: string | null) => void;
}

/** All that is needed more seldom; on a phone everything that the bar has no room for. */
export function MoreMenu({ compact, speakerId, onSpeaker }: MoreMenuProps) {
  const { t } = useTranslation();
  return (
    <Menu id={MORE_MENU} position="top-end" shadow="md" withinPortal width={260} closeOnItemClick>
      <Menu.Target>
        <BarButton label={t('conference.more')} icon={<IconDots size="1.35rem" aria-hidden="true" />} />
      </Menu.Target>
      <Menu.Dropdown className={classes.sheet}>
        {compact && <PhoneItems />}
        <Part compact={compact} label={t('conference.layout')} icon={<IconLayoutGrid {...ICON} />}>
          <LayoutItems />
        </Part>
        <Part compact={compact} label={t('conference.selfView')} icon={<IconUserSquare {...ICON} />}>
          <SelfViewItems />
        </Part>
        <Part compact={compact} label={t('conference.data')} icon={<IconGauge {...ICON} />}>
          <DataItems />
        </Part>
        {compact && (
          <>
            <CameraItems />
            <SoundItems speakerId={speakerId} onSpeaker={onSpeaker} />
          </>
        )}
        <Menu.Divider />
        <WindowItems />
      </Menu.Dropdown>
    </Menu>
  );
}

/** A menu of its own at the side, or, in a sheet, a group under a heading. */
function Part({
  compact,
  label,
  icon,
  children,
}: {
  compact: boolean;
  label: string;
  icon: ReactNode;
  children: ReactNode;
}) {
  if (compact) {
    return (
      <>
        <Menu.Label>{label}</Menu.Label>
        {children}
      </>
    );
  }
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item leftSection={icon}>{label}</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>{children}</Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}

function PhoneItems() {
  const { t } = useTranslation();
  const { view, local, conference } = useCall();
  const count = useMeeting((snapshot) => snapshot.participants.length);
  const sharing = useMeeting((snapshot) => snapshot.local.screen.track !== null);
  return (
    <>
      {conference.capabilities.reactions && <ReactionItems />}
      <Menu.Item leftSection={<IconUsers {...ICON} />} onClick={() => view.update({ panel: 'people' })}>
        {t('conference.peopleCount', { count })}
      </Menu.Item>
      {canShare() && (
        <Menu.Item leftSection={<IconScreenShare {...ICON} />} onClick={() => void local.toggleScreen()}>
          {sharing ? t('conference.stopSharing') : t('conference.startSharing')}
        </Menu.Item>
      )}
    </>
  );
}

function LayoutItems() {
  const { t } = useTranslation();
  const { view } = useCall();
  const layout = useView((now) => now.layout);
  return (
    <Menu.RadioGroup
      value={layout}
      onChange={(value) => view.update({ layout: value as LayoutMode, pinned: null, page: 0 })}
    >
      {LAYOUTS.map((one) => (
        <Menu.RadioItem key={one} value={one}>
          {t(`conference.layouts.${one}`)}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

function SelfViewItems() {
  const { t } = useTranslation();
  const { view } = useCall();
  const selfView = useView((now) => now.selfView);
  return (
    <Menu.RadioGroup value={selfView} onChange={(value) => view.update({ selfView: value as SelfView })}>
      {SELF_VIEWS.map((one) => (
        <Menu.RadioItem key={one} value={one}>
          {t(`conference.selfViews.${one}`)}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

function DataItems() {
  const { t } = useTranslation();
  const { view, conference } = useCall();
  const { dataSaver, cap } = useView(({ dataSaver, cap }) => ({ dataSaver, cap }), shallow);
  return (
    <>
      <Menu.CheckboxItem checked={dataSaver} onChange={(checked) => view.update({ dataSaver: checked })}>
        {t('conference.dataSaver')}
      </Menu.CheckboxItem>
      {conference.capabilities.receiveCap && (
        <Menu.RadioGroup
          value={String(cap ?? 0)}
          onChange={(value) => view.update({ cap: Number(value) || null })}
        >
          {CAPS.map((bits) => (
            <Menu.RadioItem key={bits} value={String(bits)} disabled={dataSaver}>
              {bits === 0 ? t('conference.capNone') : t('conference.cap', { megabits: bits / 1_000_000 })}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      )}
    </>
  );
}

function WindowItems() {
  const { t } = useTranslation();
  const { view, pip } = useCall();
  const sounds = useView((now) => now.sounds);
  const isOut = useSelected(pip.open, (open) => open);
  const full = useFullScreen();
  return (
    <>
      {canFullScreen() && (
        <Menu.Item
          leftSection={full ? <IconMinimize {...ICON} /> : <IconMaximize {...ICON} />}
          onClick={() => void toggleFullScreen()}
        >
          {full ? t('conference.fullScreenEnd') : t('conference.fullScreen')}
        </Menu.Item>
      )}
      {pip.possible && (
        <Menu.Item leftSection={<IconPictureInPicture {...ICON} />} onClick={() => void pip.toggle()}>
          {isOut ? t('conference.pictureEnd') : t('conference.picture')}
        </Menu.Item>
      )}
      <Menu.Item leftSection={<IconNetwork {...ICON} />} onClick={() => view.update({ panel: 'lan' })}>
        {t('lan.title')}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconChartBar {...ICON} />}
        onClick={() => view.update({ panel: 'statistics' })}
      >
        {t('conference.statistics')}
      </Menu.Item>
      <Menu.Item leftSection={<IconKeyboard {...ICON} />} onClick={() => view.update({ help: true })}>
        {t('conference.keyboard')}
      </Menu.Item>
      <Menu.Divider />
      <Menu.CheckboxItem checked={sounds} onChange={(checked) => view.update({ sounds: checked })}>
        {t('conference.sounds')}
      </Menu.CheckboxItem>
    </>
  );
}
