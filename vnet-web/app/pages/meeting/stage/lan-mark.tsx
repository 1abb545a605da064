import { Menu, Tooltip } from '@mantine/core';
import { IconNetwork } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFigureWords } from '../../../lan/amount';
import { useShare, useShareFigures } from '../../../lan/share/use-share';
import { useLan, useLanFigures } from '../../../lan/use-lan';
import { useCall } from '../call/call';
import { useSelected } from '../call/store';
import { isShared, type SharedPicture } from './received';
import classes from './tile.module.css';

interface LanMarkProps {
  /** The key of the picture. */
  readonly stream: string;
  readonly name: string;
}

/** Says that a picture comes over the local network, and, to who asks, from whom and what it came to. */
export function LanMark({ stream, name }: LanMarkProps) {
  const { t } = useTranslation();
  return (
    <Tooltip label={<Figures stream={stream} name={name} />} openDelay={200} multiline maw={260}>
      <span className={classes.mark} data-lan={stream} role="img" aria-label={t('lan.mark')}>
        <IconNetwork size="1.05em" aria-hidden="true" />
      </span>
    </Tooltip>
  );
}

/** The same in the menu of the tile, where no pointer is needed. */
export function LanMenuLabel({ stream, name }: LanMarkProps) {
  return (
    <Menu.Label className={classes.figures}>
      <Figures stream={stream} name={name} />
    </Menu.Label>
  );
}

/** Read each second, only while it is open. */
function Figures({ stream, name }: LanMarkProps) {
  const { t } = useTranslation();
  const call = useCall();
  const paired = useLanFigures(useLan(call.conference));
  const shared = useShareFigures(call.share);
  const picture = useSelected(call.received, (all) => all.find(({ key }) => key === stream) ?? null);
  const say = useFigureWords();
  const ofShare = picture !== null && isShared(picture);
  const figures = (ofShare ? shared : paired).get(stream);
  return (
    <>
      <span>{t('lan.tile', { name: name || t('lan.somebody') })}</span>
      {ofShare && <Origin picture={picture} />}
      {figures && (
        <>
          <br />
          <span>{say(figures)}</span>
        </>
      )}
    </>
  );
}

/** From whom a picture of a share comes, and in which way. */
function Origin({ picture }: { readonly picture: SharedPicture }) {
  const { t } = useTranslation();
  const role = useShare(useCall().share, (state) => state.role);
  if (role.kind !== 'receiving') return null;
  const { from: name, parent } = role;
  const way = t(`share.way.${picture.way}`);
  return (
    <>
      <br />
      <span>
        {parent === null || parent === name
          ? t('share.tile.from', { name, way })
          : t('share.tile.through', { name, parent, way })}
      </span>
    </>
  );
}
