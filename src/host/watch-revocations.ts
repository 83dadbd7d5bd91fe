// Tells running requests when their model is revoked. The files are looked at four times a second, which works on every
// file system and costs one failed `open` per model; what was withdrawn stays so until the server starts anew.
import { type Admissions, revokedError, type Subject } from '../catalog/index.ts';

export type RevocationWatch = Disposable & {
  /** Aborts, with the error that clients are told, once the subject is revoked. */
  readonly watch: (model: string, subject: Subject) => AbortSignal;
};

const lookEveryMs = 250;

export function watchRevocations(admissions: Pick<Admissions, 'revocationOf'>): RevocationWatch {
  const watched = new Map<AbortController, { readonly model: string; readonly subject: Subject }>();
  const look = (): void => {
    for (const [controller, { model, subject }] of watched) {
      const revocation = admissions.revocationOf(subject);
      if (revocation === null) continue;
      watched.delete(controller);
      controller.abort(revokedError(model, revocation));
    }
  };
  const timer = setInterval(look, lookEveryMs).unref();
  return {
    watch: (model, subject) => {
      const controller = new AbortController();
      watched.set(controller, { model, subject });
      return controller.signal;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
