import { beforeEach, describe, expect, test } from 'vitest';
import { actionOf, isTalkKey, SHORTCUTS } from './shortcuts';

const press = (key: string, target: EventTarget | null = document.body, change: object = {}) => ({
  key,
  target,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  isComposing: false,
  ...change,
});

function make(html: string): Element {
  document.body.innerHTML = html;
  const target = document.querySelector('[data-target]');
  if (!target) throw new Error('no target');
  return target;
}

beforeEach(() => {
  document.body.innerHTML = '';
});

describe('a key', () => {
  test('has one meaning each', () => {
    const keys = SHORTCUTS.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, action } of SHORTCUTS) expect(actionOf(press(key))).toBe(action);
  });

  test('means the same with the shift key or caps lock', () => {
    expect(actionOf(press('M'))).toBe('microphone');
  });

  test('means nothing together with others, held down, or while a character is composed', () => {
    for (const change of [
      { ctrlKey: true },
      { metaKey: true },
      { altKey: true },
      { repeat: true },
      { isComposing: true },
    ]) {
      expect(actionOf(press('m', document.body, change))).toBeNull();
    }
  });

  test.each([
    '<input data-target>',
    '<textarea data-target></textarea>',
    '<select data-target></select>',
    '<div contenteditable="true"><b data-target>text</b></div>',
    '<div role="menu"><button data-target></button></div>',
    '<div role="dialog"><button data-target></button></div>',
  ])('means nothing in %s', (html) => {
    const target = make(html);
    expect(actionOf(press('m', target))).toBeNull();
    expect(isTalkKey(press(' ', target))).toBe(false);
  });

  test('works on a button', () => {
    expect(actionOf(press('m', make('<button data-target></button>')))).toBe('microphone');
  });
});

describe('the space bar', () => {
  test('talks', () => {
    expect(isTalkKey(press(' '))).toBe(true);
    expect(isTalkKey(press('x'))).toBe(false);
  });

  test('belongs to a control that was reached by keyboard, and to no other', () => {
    const button = make('<button data-target></button>');
    const reached = { value: false };
    button.matches = (selector: string) => (selector === ':focus-visible' ? reached.value : false);
    expect(isTalkKey(press(' ', button))).toBe(true);
    reached.value = true;
    expect(isTalkKey(press(' ', button))).toBe(false);
  });
});
