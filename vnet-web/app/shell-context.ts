import { createContext, use } from 'react';
import type { Shell } from './shell';

export const ShellContext = createContext<Shell | null>(null);

export function useShell(): Shell {
  const shell = use(ShellContext);
  if (!shell) throw new Error('no shell around this component');
  return shell;
}
