import { Kbd, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCall, useView } from '../call/call';
import { shallow } from '../call/store';
import classes from './help-sheet.module.css';
import { SHORTCUTS } from './shortcuts';
import { Toggle } from './toggle';

/** All keys; and the switch that turns them off, for people who speak to their computer. */
export function HelpSheet() {
  const { t } = useTranslation();
  const { view } = useCall();
  const { help, shortcuts } = useView(({ help, shortcuts }) => ({ help, shortcuts }), shallow);
  return (
    <Modal
      opened={help}
      onClose={() => view.update({ help: false })}
      title={t('conference.keyboard')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      // The lock would write a style element, which the page's policy forbids.
      lockScroll={false}
      classNames={{ title: classes.title ?? '' }}
      centered
    >
      <dl className={classes.keys}>
        <div>
          <dt>{t('conference.keys.talk')}</dt>
          <dd>
            <Kbd>{t('conference.keys.space')}</Kbd>
          </dd>
        </div>
        {SHORTCUTS.map(({ key, action }) => (
          <div key={key}>
            <dt>{t(`conference.keys.${action}`)}</dt>
            <dd>
              <Kbd>{key.toUpperCase()}</Kbd>
            </dd>
          </div>
        ))}
      </dl>
      <Toggle
        checked={shortcuts}
        onChange={(event) => view.update({ shortcuts: event.currentTarget.checked })}
        label={t('conference.keys.on')}
      />
    </Modal>
  );
}
