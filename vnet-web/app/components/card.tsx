import type { ComponentPropsWithoutRef } from 'react';
import classes from './card.module.css';

/** A part of a page on a ground of its own. */
export function Card({ className, ...rest }: ComponentPropsWithoutRef<'section'>) {
  return <section {...rest} className={[classes.card, className].filter(Boolean).join(' ')} />;
}
