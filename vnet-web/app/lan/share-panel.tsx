import { ActionIcon, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFigureWords } from './amount';
import type { Lan, LanState } from './lan';
import classes from './lan.module.css';
import { Status } from './status';
import { useLanFigures } from './use-lan';

/** Shares the meeting with one device: the code, who is connected, what is sent. */
export function SharePanel({ lan, state }: { readonly lan: Lan; readonly state: LanState }) {
  const { t } = useTranslation();
  return (
    <section className={classes['side']} aria-labelledby="lan-share">
      <Title order={3} size="h5" id="lan-share">
        {t('lan.share.title')}
      </Title>
      {state.kind === 'sharing' ? (
        <Sharing lan={lan} state={state} />
      ) : (
        <Stack gap="xs" align="flex-start">
          <Text size="sm" c="dimmed">
            {t('lan.share.help')}
          </Text>
          <Button onClick={() => lan.share()}>{t('lan.share.start')}</Button>
        </Stack>
      )}
    </section>
  );
}

function Sharing({ lan, state }: { readonly lan: Lan; readonly state: LanState & { kind: 'sharing' } }) {
  const { t } = useTranslation();
  const figures = useLanFigures(lan);
  const say = useFigureWords();
  const { code, link, sent } = state;
  return (
    <Stack gap="sm">
      {!link.over && <Code code={code} />}
      <Status side="share" link={link} />
      {link.phase === 'connected' && (
        <div>
          <Text size="sm" fw={600}>
            {t('lan.share.sent')}
          </Text>
          {sent.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('lan.share.nothing')}
            </Text>
          )}
          <ul className={classes['list']}>
            {sent.map(({ key, name, source }) => {
              const found = figures.get(key);
              return (
                <li key={key}>
                  <Text size="sm">{t(`lan.${source}`, { name: name || t('lan.somebody') })}</Text>
                  {found && (
                    <Text size="xs" c="dimmed">
                      {say(found)}
                    </Text>
                  )}
                </li>
              );
            })}
          </ul>
        </div>
      )}
      <Group>
        {link.over && <Button onClick={() => lan.share()}>{t('lan.share.start')}</Button>}
        <Button variant="default" onClick={() => lan.stop()}>
          {t('lan.share.stop')}
        </Button>
      </Group>
    </Stack>
  );
}

function Code({ code }: { readonly code: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<string | null>(null);
  // Without a secure context there is no clipboard: the code is short.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  const copy = () =>
    clipboard?.writeText(code).then(
      () => setCopied(code),
      () => {},
    );
  return (
    <div>
      <Text size="sm" c="dimmed" id="lan-code">
        {t('lan.share.code')}
      </Text>
      <Group gap="xs" wrap="nowrap">
        <output className={classes['code']} aria-labelledby="lan-code">
          {code}
        </output>
        {clipboard && (
          <ActionIcon
            variant="default"
            size="xl"
            aria-label={t('lan.share.copy')}
            onClick={() => void copy()}
          >
            {copied === code ? <IconCheck aria-hidden /> : <IconCopy aria-hidden />}
          </ActionIcon>
        )}
      </Group>
      <Text size="xs" role="status">
        {copied === code ? t('lan.share.copied') : ''}
      </Text>
    </div>
  );
}
