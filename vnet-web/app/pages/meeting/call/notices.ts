import { Store } from './store';

export interface ToastAction {
  readonly label: string;
  readonly act: () => void;
}

export interface Toast {
  /** Another toast of the same name takes its place. */
  readonly id: string;
  readonly tone: 'info' | 'warn' | 'bad';
  readonly text: string;
  readonly actions: readonly ToastAction[];
}

export interface ToastOptions {
  readonly id?: string;
  readonly tone?: Toast['tone'];
  readonly actions?: readonly ToastAction[];
  /** Milliseconds; `null`: until it is closed. */
  readonly lasts?: number | null;
  /** Whether it is read out; `false` when it is read out anyhow. */
  readonly spoken?: boolean;
}

const LASTS = 6_000;
const MOST = 4;

/** Short messages for the eye, and sentences for those who hear the page. */
export class Notices {
  readonly toasts = new Store<readonly Toast[]>([]);
  /** What is read out; a new object each time, so that the same sentence is read again. */
  readonly spoken = new Store<{ readonly text: string }>({ text: '' });
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #last = 0;

  toast(text: string, options: ToastOptions = {}): string {
    this.#last += 1;
    const id = options.id ?? `toast-${this.#last}`;
    const toast: Toast = { id, tone: options.tone ?? 'info', text, actions: options.actions ?? [] };
    const others = this.toasts.get().filter((one) => one.id !== id);
    this.toasts.set([...others, toast].slice(-MOST));
    const lasts = options.lasts === undefined ? LASTS : options.lasts;
    this.#endTimer(id);
    if (lasts !== null)
      this.#timers.set(
        id,
        setTimeout(() => this.close(id), lasts),
      );
    if (options.spoken !== false) this.say(text);
    return id;
  }

  close(id: string): void {
    this.#endTimer(id);
    const left = this.toasts.get().filter((one) => one.id !== id);
    if (left.length !== this.toasts.get().length) this.toasts.set(left);
  }

  /** Only read out. */
  say(text: string): void {
    this.spoken.set({ text });
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #endTimer(id: string): void {
    const timer = this.#timers.get(id);
    if (timer) clearTimeout(timer);
    this.#timers.delete(id);
  }
}
