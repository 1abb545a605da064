import { Alert, Group, Loader, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LinkState } from './pair-link';

/** How far the connection is, and what is wrong with it, for eyes and ears. */
export function Status({ side, link }: { readonly side: 'share' | 'receive'; readonly link: LinkState }) {
  const { t } = useTranslation();
  const { phase, problem, peer, over } = link;
  const named = peer !== null && (phase === 'connecting' || phase === 'connected');
  const words = named ? t(`lan.${side}.${phase}Named`, { name: peer }) : t(`lan.${side}.${phase}`);
  return (
    <div role="status">
      {problem && (
        <Alert color="red" role="presentation" mb="xs">
          {t(`lan.problem.${problem}`)}
        </Alert>
      )}
      {!over && (
        <Group gap="xs" wrap="nowrap">
          {phase !== 'connected' && <Loader size="xs" aria-hidden />}
          <Text size="sm">{words}</Text>
        </Group>
      )}
    </div>
  );
}
