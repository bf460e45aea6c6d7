import { type ReactNode, useLayoutEffect, useRef } from 'react';

/** Something over everything else, as the document's own dialog: what lies behind it is not reached. The keyboard begins on
 *  what is marked `data-first`, else where the document puts it. */
export function Over(props: {
  readonly className: string;
  readonly testId: string;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('[data-first]')?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`over ${props.className}`}
      data-testid={props.testId}
      aria-label={props.label}
      onClose={props.onClose}
    >
      {props.children}
    </dialog>
  );
}
