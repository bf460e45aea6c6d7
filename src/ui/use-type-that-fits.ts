import { type RefObject, useLayoutEffect } from 'react';

/** Smaller type is no longer read, only recognised. */
const smallestPx = 6.5;
const stepPx = 0.25;

/** Sets the type inside `paper` so small that all of it shows inside `frame` without scrolling; never larger than the style
 *  sheet says, never below the smallest size. `content`: what stands on the paper; measured again with it and with the frame. */
export function useTypeThatFits(
  frame: RefObject<HTMLElement | null>,
  paper: RefObject<HTMLElement | null>,
  content: unknown,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: other content takes another size.
  useLayoutEffect(() => {
    const sticksOut = ({ scrollWidth, clientWidth, scrollHeight, clientHeight }: HTMLElement) =>
      scrollWidth > clientWidth || scrollHeight > clientHeight;
    function setType(): void {
      if (frame.current === null || paper.current === null) return;
      const { scrollTop } = frame.current;
      paper.current.style.fontSize = '';
      let size = Number.parseFloat(getComputedStyle(paper.current).fontSize);
      while (sticksOut(frame.current) && size - stepPx >= smallestPx) {
        size -= stepPx;
        paper.current.style.fontSize = `${size}px`;
      }
      frame.current.scrollTop = scrollTop;
    }
    setType();
    const observer = new ResizeObserver(setType);
    if (frame.current !== null) observer.observe(frame.current);
    // Glyphs that come later may break lines elsewhere.
    document.fonts.addEventListener('loadingdone', setType);
    return () => {
      observer.disconnect();
      document.fonts.removeEventListener('loadingdone', setType);
    };
  }, [frame, paper, content]);
}
