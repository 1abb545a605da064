import { useTranslation } from 'react-i18next';
import type { StreamFigures } from './figures';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** Bytes in the unit and the digits of a language. */
export function amountOf(bytes: number, language: string): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const format = {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    maximumFractionDigits: step > 1 ? 1 : 0,
  } as const;
  return new Intl.NumberFormat(language, format).format(bytes / 1_000 ** step);
}

/** What went over the network for one picture, in words. */
export function useFigureWords(): (figures: StreamFigures) => string {
  const { t, i18n } = useTranslation();
  return ({ bytes, frames, width, height }) => {
    const amount = amountOf(bytes, i18n.language);
    const counted = new Intl.NumberFormat(i18n.language).format(frames);
    if (width === null || height === null) return t('lan.amount', { amount, frames: counted });
    return t('lan.figures', { amount, width, height, frames: counted });
  };
}
