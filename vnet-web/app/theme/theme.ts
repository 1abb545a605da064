import { ActionIcon, Button, createTheme, Input, InputWrapper } from '@mantine/core';
import classes from './controls.module.css';

const {
  buttonLabel = '',
  button = '',
  icon = '',
  label = '',
  description = '',
  error = '',
  input = '',
} = classes;

/** What the components are told; colours and sizes are tokens, see styles.css. */
export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: 'var(--font)' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'md' }, classNames: { root: button, label: buttonLabel } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { size: 'lg' }, classNames: { root: icon } }),
    Input: Input.extend({ defaultProps: { size: 'md' }, classNames: { input: input } }),
    InputWrapper: InputWrapper.extend({
      defaultProps: { size: 'md' },
      classNames: { label, description, error },
    }),
    // The place holder that would get the focus first is no child that a menu may have (ARIA 1.2).
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
  },
});
