import { Button } from '@mantine/core';
import { IconCalendarPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useApi } from '../../api/api-context';
import { userQuery } from '../../api/queries';
import { Card } from '../../components/card';
import { useTitle } from '../../components/use-title';
import classes from './home.module.css';
import { JoinForm } from './join-form';
import { MeetingLists } from './meeting-lists';
import { StartNow } from './start-now';

/** Where one begins: start, join, and one's own meetings. */
export function Home() {
  const { t } = useTranslation();
  useTitle(t('home.title'));
  const { data: user } = useQuery(userQuery(useApi()));
  const name = user ? user.first_name || user.username : null;
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1>{name === null ? t('home.helloNobody') : t('home.hello', { name })}</h1>
        <p className={classes.lead}>{t('home.lead')}</p>
      </div>
      <div className={classes.columns}>
        <div className={classes.ways}>
          <Card>
            <StartNow user={user} />
            <Button
              component={Link}
              to="/new-meeting/"
              variant="default"
              size="lg"
              fullWidth
              leftSection={<IconCalendarPlus size={22} aria-hidden="true" />}
            >
              {t('home.schedule')}
            </Button>
          </Card>
          <Card>
            <JoinForm />
          </Card>
        </div>
        <MeetingLists />
      </div>
    </div>
  );
}
