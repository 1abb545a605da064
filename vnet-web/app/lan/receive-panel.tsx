import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { amountOf } from './amount';
import { CodeInput, useCodeForm } from './code-input';
import type { Lan, LanState } from './lan';
import classes from './lan.module.css';
import { ReceivedTile } from './received-tile';
import { Status } from './status';
import { useLanFigures } from './use-lan';

/** Receives what a device nearby shares: by its code, with its pictures and what they came to. */
export function ReceivePanel({ lan, state }: { readonly lan: Lan; readonly state: LanState }) {
  const { t } = useTranslation();
  return (
    <section className={classes['side']} aria-labelledby="lan-receive">
      <Title order={3} size="h5" id="lan-receive">
        {t('lan.receive.title')}
      </Title>
      {state.kind === 'receiving' ? <Receiving lan={lan} state={state} /> : <Entry lan={lan} />}
    </section>
  );
}

function Entry({ lan }: { readonly lan: Lan }) {
  const { t } = useTranslation();
  const { wrong, changed, submit } = useCodeForm('code', (code) => lan.receive(code));
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs" align="flex-start">
        <CodeInput
          name="code"
          label={t('lan.receive.code')}
          description={t('lan.receive.help')}
          error={wrong && t('lan.receive.invalid')}
          onChange={changed}
        />
        <Button type="submit">{t('lan.receive.start')}</Button>
      </Stack>
    </form>
  );
}

function Receiving({ lan, state }: { readonly lan: Lan; readonly state: LanState & { kind: 'receiving' } }) {
  const { t, i18n } = useTranslation();
  const figures = useLanFigures(lan);
  const { code, link, received } = state;
  const total = [...figures.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('lan.receive.code')}: <bdi>{code}</bdi>
      </Text>
      <Status side="receive" link={link} />
      {link.phase === 'connected' && (
        <>
          <Text size="sm">
            {received.length === 0
              ? t('lan.receive.nothing')
              : t('lan.receive.count', { count: received.length })}
          </Text>
          <div className={classes['tiles']}>
            {received.map((one) => (
              <ReceivedTile key={one.key} stream={one} figures={figures.get(one.key) ?? null} />
            ))}
          </div>
          {total > 0 && (
            <Text size="xs" c="dimmed">
              {t('lan.total', { amount: amountOf(total, i18n.language) })}
            </Text>
          )}
        </>
      )}
      <Group>
        {link.over && <Button onClick={() => lan.receive(code)}>{t('common.retry')}</Button>}
        <Button variant="default" onClick={() => lan.stop()}>
          {t('lan.receive.stop')}
        </Button>
      </Group>
    </Stack>
  );
}
