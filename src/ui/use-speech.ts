import { useEffect } from 'react';

/** Speaks a text once when it changes, if the system has a voice for its language; the caption is shown either way. */
export function useSpeech(spoken: string | null, on: boolean): void {
  useEffect(() => {
    if (!on || !('speechSynthesis' in window)) return;
    // Asking early makes the browser load its voices, which it does not do by itself.
    const voices = speechSynthesis.getVoices();
    if (spoken === null || spoken === '') return;
    const language = /\p{Script=Han}/u.test(spoken) ? 'zh' : 'en';
    const voice = voices.find(({ lang }) => lang.toLowerCase().startsWith(language));
    if (voice === undefined) return;
    const utterance = new SpeechSynthesisUtterance(spoken);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    speechSynthesis.cancel();
    speechSynthesis.speak(utterance);
    return () => speechSynthesis.cancel();
  }, [spoken, on]);
}
