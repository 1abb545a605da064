import { Store } from './store';

interface DocumentPip {
  requestWindow(options: { readonly width: number; readonly height: number }): Promise<Window>;
}

function documentPip(): DocumentPip | null {
  const found: unknown = Reflect.get(window, 'documentPictureInPicture');
  return typeof found === 'object' && found !== null ? (found as DocumentPip) : null;
}

/** Makes a window look like this page: its style sheets, its colours, its direction. */
function dress(target: Window): void {
  for (const node of document.querySelectorAll('link[rel="stylesheet"], style')) {
    target.document.head.append(target.document.importNode(node, true));
  }
  for (const { name, value } of document.documentElement.attributes) {
    target.document.documentElement.setAttribute(name, value);
  }
  target.document.title = document.title;
}

/** The meeting in a small window above all others: a document of its own where there is such a thing, else one picture. */
export class PictureWindow {
  /** Whether a picture is out. */
  readonly open = new Store(false);
  /** The window that a part of the page is drawn in. */
  readonly window = new Store<Window | null>(null);

  get possible(): boolean {
    return documentPip() !== null || document.pictureInPictureEnabled === true;
  }

  /** Opens or closes it; needs a gesture of the person. */
  async toggle(): Promise<void> {
    if (this.open.get()) {
      this.close();
      return;
    }
    try {
      const api = documentPip();
      if (api) await this.#document(api);
      else await this.#video();
    } catch {
      // Refused without a gesture, or by the browser's settings: the next click may work.
      this.close();
    }
  }

  async #document(api: DocumentPip): Promise<void> {
    const opened = await api.requestWindow({ width: 384, height: 280 });
    dress(opened);
    opened.addEventListener('pagehide', () => this.#closed());
    this.window.set(opened);
    this.open.set(true);
  }

  async #video(): Promise<void> {
    const largest = [...document.querySelectorAll<HTMLVideoElement>('video[data-shown]:not([data-mirrored])')]
      .filter((video) => video.readyState >= HTMLMediaElement.HAVE_METADATA)
      .sort((one, other) => other.clientWidth - one.clientWidth)[0];
    if (!largest) return;
    await largest.requestPictureInPicture();
    largest.addEventListener('leavepictureinpicture', () => this.#closed(), { once: true });
    this.open.set(true);
  }

  close(): void {
    this.window.get()?.close();
    if (document.pictureInPictureElement) document.exitPictureInPicture().catch(() => {});
    this.#closed();
  }

  #closed(): void {
    this.window.set(null);
    this.open.set(false);
  }
}
