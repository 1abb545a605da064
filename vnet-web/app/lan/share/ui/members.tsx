import { ActionIcon, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { amountOf } from '../../../time/format';
import type { Share, ShareMember } from '../types';
import classes from './share.module.css';
import { type Branch, receiversOf, treeOf } from './tree';

interface MembersProps {
  readonly share: Share;
  readonly members: readonly ShareMember[];
  /** Whether one is the sharer, who may put others out. */
  readonly isSharer: boolean;
}

/** Who receives from whom, in which way, and how much. */
export function Members({ share, members, isSharer }: MembersProps) {
  const { t } = useTranslation();
  if (receiversOf(members).length === 0) return null;
  return (
    <section className={classes.part} aria-labelledby="share-members">
      <h3 id="share-members">{t('share.members.title')}</h3>
      <ul className={classes.tree}>
        {treeOf(members).map((branch) => (
          <Item key={branch.member.device} branch={branch} share={share} isSharer={isSharer} />
        ))}
      </ul>
    </section>
  );
}

interface ItemProps {
  readonly share: Share;
  readonly branch: Branch;
  readonly isSharer: boolean;
}

function Item({ share, branch: { member, branches }, isSharer }: ItemProps) {
  const { t } = useTranslation();
  const notes = useNotes(member);
  const { device, name, isSelf } = member;
  const isRoot = member.parent === null && member.depth === 0;
  return (
    <li>
      <div className={classes.row} data-member={name}>
        <span className={classes.who}>
          <bdi>{isSelf ? t('share.members.you', { name }) : name}</bdi>
          <small>{isRoot ? t('share.members.sharer') : notes.join(' · ')}</small>
        </span>
        {isSharer && !isSelf && (
          <Tooltip label={t('share.members.putOut', { name })}>
            <ActionIcon
              variant="default"
              aria-label={t('share.members.putOut', { name })}
              onClick={() => share.putOut(device)}
            >
              <IconX size="1.1rem" aria-hidden="true" />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {branches.length > 0 && (
        <ul>
          {branches.map((branch) => (
            <Item key={branch.member.device} branch={branch} share={share} isSharer={isSharer} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** What is known of a receiver; of others than the sharer's own devices that may be little. */
function useNotes({ viewer, way, streams, bytes }: ShareMember): string[] {
  const { t, i18n } = useTranslation();
  const known = way !== null || streams > 0 || bytes > 0;
  return [
    viewer ? t('share.members.viewer') : null,
    way !== null ? t(`share.way.${way}`) : null,
    streams > 0 ? t('share.receiving.pictures', { count: streams }) : null,
    bytes > 0 ? amountOf(bytes, i18n.language) : null,
    known || viewer ? null : t('share.way.none'),
  ].filter((note) => note !== null);
}
