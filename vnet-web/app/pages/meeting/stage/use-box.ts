import { type RefObject, useLayoutEffect, useState } from 'react';
import type { Size } from './layout';

/** The size of an element, as it changes. */
export function useBox(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = (width: number, height: number) =>
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    measure(element.clientWidth, element.clientHeight);
    const observer = new ResizeObserver((entries) => {
      const last = entries.at(-1);
      if (last) measure(Math.floor(last.contentRect.width), Math.floor(last.contentRect.height));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
