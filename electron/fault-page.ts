/** Why a screen shows the fault page instead of the terminal. */
export type Fault = 'crashed' | 'screenGone' | 'cannotStart';

const texts: Readonly<Record<Fault, { zh: string; en: string }>> = {
  crashed: {
    zh: '程序出现故障,已停止。未完成的交易请勿重复刷卡；重新启动后终端会自动查询结果。',
    en: 'The program has failed and stopped. Do not swipe again for an unfinished sale: after a restart the terminal asks for its outcome by itself.',
  },
  cannotStart: {
    zh: '程序不能启动。请联系管理员；未完成的交易请勿重复刷卡。',
    en: 'The program cannot start. Call support; do not swipe again for an unfinished sale.',
  },
  screenGone: {
    zh: '屏幕画面再次中断。请重新启动程序；已扣款的交易不会丢失。',
    en: 'The screen has failed again. Restart the program; a sale that was paid is not lost.',
  },
};

const isFault = (why: string | null): why is Fault => why !== null && Object.hasOwn(texts, why);

/** The page that stands when nothing else can: no script, and it needs no file of the user interface. `detail` is a
 *  sentence for whoever comes to help. */
export function faultPage(why: string | null, detail: string | null = null): string {
  const text = texts[isFault(why) ? why : 'crashed'];
  const help = detail === null ? '' : `<p class="detail">${escaped(detail)}</p>\n`;
  return `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<title>暂停服务 Out of service</title>
<link rel="stylesheet" href="fault.css">
<main>
<h1>暂停服务</h1>
<p>${text.zh}</p>
<h2 lang="en">Out of service</h2>
<p lang="en">${text.en}</p>
${help}</main>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const faultStyle = `:root { color-scheme: light dark; font: 1.25rem/1.6 'Noto Sans SC', 'Noto Sans CJK SC', system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: Canvas; color: CanvasText; }
main { max-width: 40rem; padding: 2rem; border-left: 0.5rem solid #b3261e; }
h1 { font-size: 2.5rem; margin: 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 0; }
p { margin: 0.5rem 0 0; }
.detail { white-space: pre-line; margin-top: 2rem; font-family: monospace; font-size: 0.875rem; overflow-wrap: anywhere; }
`;
