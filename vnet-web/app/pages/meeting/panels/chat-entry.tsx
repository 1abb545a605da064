import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChatLine } from '../../../conference/conference';
import { useMeeting } from '../call/call';
import { nameOf } from '../call/people';
import { pieces } from './links';
import classes from './panel.module.css';

interface ChatEntryProps {
  readonly line: ChatLine;
  readonly isOwn: boolean;
  /** The line before is of the same person, to the same. */
  readonly follows: boolean;
}

/** A line of chat; the text is shown as it was written, addresses of the web as links. */
export const ChatEntry = memo(function ChatEntry({ line, isOwn, follows }: ChatEntryProps) {
  const { t, i18n } = useTranslation();
  const receiver = useMeeting((snapshot) => nameOf(snapshot, line.to));
  const direct = line.to !== null;
  const at = new Date(line.at);
  const name = isOwn ? t('conference.chatYou') : line.name;
  return (
    <div className={classes.line} data-own={isOwn || undefined} data-direct={direct || undefined}>
      {!follows && (
        <div className={classes.meta}>
          <b>
            <bdi>{name}</bdi>
          </b>
          {direct && (
            <span>
              {isOwn ? t('conference.chatOnlyTo', { name: receiver ?? '…' }) : t('conference.chatOnlyYou')}
            </span>
          )}
          <time dateTime={at.toISOString()}>
            {at.toLocaleTimeString(i18n.language, { hour: '2-digit', minute: '2-digit' })}
          </time>
        </div>
      )}
      <bdi className={classes.text}>
        {pieces(line.text).map(({ text, href }, index) => {
          // The pieces of a line never change.
          const key = `${index} ${text.length}`;
          if (href === null) return <span key={key}>{text}</span>;
          return (
            <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow">
              {text}
            </a>
          );
        })}
      </bdi>
    </div>
  );
});
