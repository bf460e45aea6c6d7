import { useEffect, useState } from 'react';

/** The wall clock, looked at every `periodMs` while `running`. Units: ms since the epoch. */
export function useNow(periodMs: number, running = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs, running]);
  return now;
}
