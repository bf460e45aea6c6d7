import { describe, expect, it } from 'vitest';
import { faultPage } from '../../electron/fault-page.ts';

describe('the fault page', () => {
  it.each(['crashed', 'screenGone', 'cannotStart'])(
    'says %s in both languages, and never that a sale failed',
    (why) => {
      const page = faultPage(why);
      expect(page).toMatch(/<p>[^<]*\p{Script=Han}[^<]*<\/p>/u);
      expect(page).toMatch(/<p lang="en">[^<]+<\/p>/);
      expect(page).not.toMatch(/declined|失败/);
    },
  );

  it.each([null, 'constructor', '<script>'])('takes %j for a crash', (why) => {
    expect(faultPage(why)).toBe(faultPage('crashed'));
  });

  it('shows what to do, as text and never as markup', () => {
    expect(faultPage('cannotStart', 'the journal <b>"J"</b> is damaged & left')).toContain(
      '<p class="detail">the journal &#60;b&#62;&#34;J&#34;&#60;/b&#62; is damaged &#38; left</p>',
    );
  });
});
