import type { ReactNode } from 'react';

/** Line icons on a 24-unit grid, drawn in the colour of the text around them. They repeat what a word beside them says
 *  and are hidden from a screen reader. */
const shapes = {
  tick: <path d="M4.5 12.5l5 5 10-11" />,
  cross: <path d="M6 6l12 12M18 6L6 18" />,
  hourglass: (
    <path d="M6.5 3h11M6.5 21h11M8 3v3.5c0 2.5 4 4 4 5.5s-4 3-4 5.5V21M16 3v3.5c0 2.5-4 4-4 5.5s4 3 4 5.5V21" />
  ),
  back: <path d="M9 6L4 11l5 5M4.5 11H14a5.5 5.5 0 0 1 0 11h-2" transform="translate(0 -2.5)" />,
  clock: <path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5.2l3.5 2.3" />,
  card: (
    <path d="M3 7.5A2.5 2.5 0 0 1 5.5 5h13A2.5 2.5 0 0 1 21 7.5v9a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 16.5zM3 10h18M6.5 15h4" />
  ),
  reader: <path d="M6 3.5h12v7H6zM4 10.5h16v7a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3zM8 14h8M8 17h3" />,
  keypad: (
    <path d="M6 3.5h12v17H6zM9 7h6M9 11.5h.01M12 11.5h.01M15 11.5h.01M9 14.5h.01M12 14.5h.01M15 14.5h.01M9 17.5h6" />
  ),
  scanner: <path d="M4 8.5v-4h4M20 8.5v-4h-4M4 15.5v4h4M20 15.5v4h-4M8 8.5v7M11 8.5v7M13.5 8.5v7M16 8.5v7" />,
  unplugged: <path d="M9 3.5v4M15 3.5v4M6.5 7.5h11v3a5.5 5.5 0 0 1-11 0zM12 16v2M12 21v.01" />,
  person: <path d="M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6" />,
  hand: (
    <path d="M9 11.5V5.2a1.7 1.7 0 0 1 3.4 0v5.3l4.8 1.1a2.3 2.3 0 0 1 1.8 2.6l-.7 4.3a2.5 2.5 0 0 1-2.5 2.1h-4.1a3 3 0 0 1-2.4-1.2l-3.6-4.8a1.5 1.5 0 0 1 2.3-1.9z" />
  ),
  centre: <path d="M4 20.5h16M6 20.5V9.5M18 20.5V9.5M3.5 9.5L12 4l8.5 5.5zM10 20.5V13M14 20.5V13" />,
  soundOn: <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" />,
  soundOff: <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5" />,
  sun: (
    <path d="M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4" />
  ),
  moon: <path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z" />,
  contrast: <path d="M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 3.5v17M12 7.5h6.5M12 12h8.5M12 16.5h6.5" />,
  erase: <path d="M8.5 5.5H19a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H8.5L2.5 12zM11.5 9.5l5 5M16.5 9.5l-5 5" />,
  warning: <path d="M12 4L2.8 20h18.4zM12 10v5M12 17.5v.3" />,
  idCard: (
    <path d="M3 7.5A2.5 2.5 0 0 1 5.5 5h13A2.5 2.5 0 0 1 21 7.5v9a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 16.5zM8.5 9a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zM5.5 16c.5-1.7 1.6-2.3 3-2.3s2.5.6 3 2.3M14.5 10H18M14.5 13.5H18" />
  ),
  code: <path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2" />,
  arrow: <path d="M4 12h15M13 5.5l6.5 6.5-6.5 6.5" />,
  chain: (
    <path d="M10 13.5a4 4 0 0 0 6 .4l2.8-2.8a4 4 0 0 0-5.7-5.7L11.6 7M14 10.5a4 4 0 0 0-6-.4l-2.8 2.8a4 4 0 0 0 5.7 5.7l1.5-1.6" />
  ),
  unchain: (
    <path d="M16.5 13.4l2.3-2.3a4 4 0 0 0-5.7-5.7l-2.3 2.3M7.5 10.6l-2.3 2.3a4 4 0 0 0 5.7 5.7l2.3-2.3M4 4l16 16" />
  ),
  swap: <path d="M4 8.5h14M14 4.5l4 4-4 4M20 15.5H6M10 11.5l-4 4 4 4" />,
  stopped: <path d="M8 3h8l5 5v8l-5 5H8l-5-5V8zM9 12h6" />,
  return: <path d="M12 19.5V5M6 10.5L12 4.5l6 6M5 20.5h14" />,
  printer: <path d="M7 8.5v-5h10v5M7 17.5H4v-9h16v9h-3M7 14h10v6.5H7z" />,
  clip: <path d="M8 5.5h8M9.5 3.5h5v3.5h-5zM8 5.5H5.5v15h13v-15H16M9 12h6M9 16h4" />,
  speech: <path d="M4 4.5h16v11h-8l-4.5 4.5v-4.5H4zM8 9h8M8 12h5" />,
  shield: <path d="M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6zM9 12l2.2 2.2L15.5 10" />,
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

export function Icon({ name, className }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg className={className ? `icon ${className}` : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {shapes[name]}
    </svg>
  );
}

/** The mark of the product: two cards, one paying on where the other ends. */
export function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect className="brand-back" x="9" y="4" width="20" height="14" rx="3.5" />
      <rect className="brand-front" x="3" y="13" width="20" height="14" rx="3.5" />
      <path className="brand-flow" d="M8 20.5h6.5M18 20.5h.01" />
    </svg>
  );
}
