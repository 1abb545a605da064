import { Button, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** What is shown when a page breaks. */
export function PageFault() {
  const { t } = useTranslation();
  return (
    <Stack component="main" align="center" p="xl" role="alert">
      <Title order={1}>{t('common.fault')}</Title>
      <Text>{t('common.faultHelp')}</Text>
      <Button onClick={() => location.reload()}>{t('common.reload')}</Button>
    </Stack>
  );
}
