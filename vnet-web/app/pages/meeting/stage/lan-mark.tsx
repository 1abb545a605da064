import { Menu, Tooltip } from '@mantine/core';
import { IconNetwork } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFigureWords } from '../../../lan/amount';
import { useLan, useLanFigures } from '../../../lan/use-lan';
import { useCall } from '../call/call';
import classes from './tile.module.css';

interface LanMarkProps {
  /** The key of the picture. */
  readonly stream: string;
  readonly name: string;
}

/** Says that a picture comes over the local network, and, to who asks, what it came to. */
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
  const figures = useLanFigures(useLan(useCall().conference)).get(stream);
  const say = useFigureWords();
  return (
    <>
      <span>{t('lan.tile', { name: name || t('lan.somebody') })}</span>
      {figures && (
        <>
          <br />
          <span>{say(figures)}</span>
        </>
      )}
    </>
  );
}
