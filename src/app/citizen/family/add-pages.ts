import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { ecardPinLength } from '../../../domain/ecard-pin.ts';
import { relationWords } from '../../../domain/link-words.ts';
import { relations } from '../../../domain/person.ts';
import type { Language } from '../../../domain/prompt.ts';
import { parseResidentId } from '../../../domain/resident-id.ts';
import { secret } from '../../../domain/secret.ts';
import { choiceField, type Typed, textField, typedOf, type Wrong } from '../form-fields.ts';
import { type Html, notice, page, sayIn } from '../layout.ts';
import { residentIdWords } from '../link-form.ts';
import type { CitizenEnv, CitizenParts } from '../parts.ts';
import { visitOf } from '../session.ts';
import { testNumbers } from '../test-numbers.ts';
import { type FamilyState, stateOf } from './family-service.machine.ts';
import { base, type FamilyActor, type FamilyVisits, pathOf } from './family-visits.ts';
import { refusalText } from './family-words.ts';
import { pinField, typedPin } from './pin-field.ts';

type FamilyC = Context<CitizenEnv>;

/** The steps of adding a relative, each with its page: a page that is not of the present step leads to the one that is, and
 *  what is sent to another step is refused and changes nothing (R102). */
export function addPages(parts: CitizenParts, visits: FamilyVisits): Hono<CitizenEnv> {
  const { family } = parts.centre;
  const pages = new Hono<CitizenEnv>();
  const actorOf = (c: FamilyC) => visits.of(visitOf(c));
  const onward = (c: FamilyC, actor: FamilyActor) => c.redirect(pathOf(actor), 303);

  /** A step's page, and what its form does; both only while the visit is at this step. */
  function step(
    path: string,
    state: FamilyState,
    show: (c: FamilyC, actor: FamilyActor) => Html | Promise<Html> | Response,
    take?: (c: FamilyC, actor: FamilyActor) => Promise<Response>,
  ): void {
    pages.get(path, async (c) => {
      const actor = actorOf(c);
      if (stateOf(actor.getSnapshot()) !== state) return onward(c, actor);
      const shown = await show(c, actor);
      return shown instanceof Response ? shown : c.html(shown);
    });
    pages.post(path, async (c) => {
      const actor = actorOf(c);
      if (take === undefined || stateOf(actor.getSnapshot()) !== state) return outOfOrder(c, actor);
      return take(c, actor);
    });
  }

  pages.post('/', (c) => {
    const actor = actorOf(c);
    if (stateOf(actor.getSnapshot()) !== 'familyService') return outOfOrder(c, actor);
    actor.send({ type: 'add.chosen' });
    return onward(c, actor);
  });

  step('/pin', 'pin', pinPage, async (c, actor) => {
    const pin = typedPin((await c.req.parseBody()).pin);
    const answer =
      pin === null
        ? ({ kind: 'refused', why: { kind: 'pinForm', problem: 'form' } } as const)
        : family.verifyPin(c.var.person, pin);
    pin?.fill(0);
    actor.send(
      answer.kind === 'refused'
        ? { type: 'step.refused', refusal: answer.why }
        : { type: 'pin.verified', permit: secret(answer.permit) },
    );
    return onward(c, actor);
  });

  step(
    '/notice',
    'notice',
    (c) => noticePage(c, false),
    async (c, actor) => {
      if ((await c.req.parseBody()).agreed !== 'yes') return c.html(noticePage(c, true), 422);
      actor.send({ type: 'notice.agreed' });
      return onward(c, actor);
    },
  );

  step(
    '/details',
    'details',
    (c, actor) => detailsPage(c, actor, parts, {}, {}),
    async (c, actor) => {
      const typed = typedOf(await c.req.parseBody());
      const { language, person } = c.var;
      const read = readDetails(typed, language);
      if (!read.ok) return c.html(detailsPage(c, actor, parts, typed, read.wrong), 422);
      const { name, residentId, relation } = read;
      const { permit } = actor.getSnapshot().context;
      const answer = family.look(person, permit?.expose() ?? '', { name, residentId, relation });
      if (answer.kind === 'refused') {
        actor.send({ type: 'step.refused', refusal: answer.why });
        return stateOf(actor.getSnapshot()) === 'details'
          ? c.html(detailsPage(c, actor, parts, typed, {}), 422)
          : onward(c, actor);
      }
      const { maskedName, photoNeeded } = answer;
      const relative = { name: secret(name), residentId: secret(residentId), relation, maskedName, photoNeeded };
      actor.send({ type: 'relative.found', relative });
      return onward(c, actor);
    },
  );

  step('/proof', 'proof', proofPage, async (c, actor) => {
    const { permit, relative } = actor.getSnapshot().context;
    if (permit === null || relative === null) return outOfOrder(c, actor);
    const body = await c.req.parseBody();
    const [proof, photo] = [await bytesOf(body.proof), await bytesOf(body.photo)];
    const answer = family.apply(c.var.person, {
      permit: permit.expose(),
      agreed: true,
      name: relative.name.expose(),
      residentId: relative.residentId.expose(),
      relation: relative.relation,
      proof,
      photo,
    });
    proof?.fill(0);
    photo?.fill(0);
    actor.send(
      answer.kind === 'refused'
        ? { type: 'step.refused', refusal: answer.why }
        : { type: 'application.sent', memberId: answer.id },
    );
    return onward(c, actor);
  });

  step('/face', 'faceCheck', (c, actor) => {
    const state = family.stateOf(c.var.person, actor.getSnapshot().context.memberId ?? '');
    if (state !== 'awaitingFace') {
      actor.send({ type: state === 'opened' ? 'face.passed' : 'face.over' });
      return onward(c, actor);
    }
    // Looks again by itself, because it is somebody else who has to do something now.
    c.header('Refresh', '5');
    return facePage(c);
  });

  step('/opened', 'opened', (c, actor) => {
    const say = sayIn(c.var.language);
    const memberId = actor.getSnapshot().context.memberId ?? '';
    const body = html`${notice('go', say('人脸识别通过，亲情服务已开通。', 'The face check was passed and the family service is open.'))}
<p class="actions"><a class="button go" href="${base}/family/members/${memberId}">${say('去办理业务', 'To the services')}</a>
<a class="button" href="${base}/family">${say('返回亲情服务', 'Back to the family service')}</a></p>`;
    return page(c, { title: say('开通成功', 'Opened'), back: `${base}/family`, body });
  });

  step('/not-opened', 'notOpened', (c) => {
    const say = sayIn(c.var.language);
    const text = say(
      '人脸识别未通过或已超时，亲情服务没有开通。',
      'The face check was not passed in time. The family service was not opened.',
    );
    const body = html`${notice('no', text)}<p><a class="button" href="${base}/family">${say('返回亲情服务', 'Back to the family service')}</a></p>`;
    return page(c, { title: say('没有开通', 'Not opened'), back: `${base}/family`, body });
  });

  return pages;
}

/** What is sent to a step that is not the present one. */
function outOfOrder(c: FamilyC, actor: FamilyActor): Response | Promise<Response> {
  const say = sayIn(c.var.language);
  const text = say(
    '请按顺序办理，这一步还不能办。没有任何变动。',
    'The steps have an order, and this one is not the next. Nothing was changed.',
  );
  const body = html`${notice('no', text)}<p><a class="button go" href="${pathOf(actor)}">${say('回到当前步骤', 'Go to the present step')}</a></p>`;
  return c.html(page(c, { title: say('顺序不对', 'Out of order'), back: pathOf(actor), body }), 409);
}

const stepsShown: readonly FamilyState[] = ['pin', 'notice', 'details', 'proof', 'faceCheck'];

function stepPage(c: FamilyC, state: FamilyState, title: string, body: Html): Html {
  const say = sayIn(c.var.language);
  const [at, of] = [stepsShown.indexOf(state) + 1, stepsShown.length];
  const where = html`<p class="soft">${say(`添加亲属：第 ${at} 步，共 ${of} 步`, `Adding a relative: step ${at} of ${of}`)}</p>`;
  return page(c, { title, back: `${base}/family`, body: html`${where}${body}` });
}

function refusalNotice(actor: FamilyActor, language: Language): Html | string {
  const { refusal } = actor.getSnapshot().context;
  return refusal === null ? '' : notice('no', refusalText(refusal, language));
}

function pinPage(c: FamilyC, actor: FamilyActor): Html {
  const say = sayIn(c.var.language);
  const { refusal } = actor.getSnapshot().context;
  const apply =
    refusal?.kind === 'noEcard'
      ? html`<p><a class="button" href="${base}/issue">${say('申领电子社保卡', 'Apply for an e-card')}</a></p>`
      : '';
  const body = html`${refusalNotice(actor, c.var.language)}${apply}
<form method="post" action="${base}/family/add/pin" class="fields">
${pinField('pin', say(`电子社保卡密码（${ecardPinLength} 位）`, `PIN of the e-card (${ecardPinLength} digits)`))}
<p class="soft">${say('不是社保卡的刷卡密码。测试人员的密码是 246802。', 'Not the PIN of the card. Synthetic people have 246802.')}</p>
<button class="go">${say('验证密码', 'Check the PIN')}</button></form>`;
  return stepPage(c, 'pin', say('验证电子社保卡密码', "Enter the e-card's PIN"), body);
}

function noticePage(c: FamilyC, isMissing: boolean): Html {
  const say = sayIn(c.var.language);
  const missing = isMissing ? notice('no', refusalText({ kind: 'notAgreed' }, c.var.language)) : '';
  const body = html`${missing}<form method="post" action="${base}/family/add/notice" class="fields">
<div class="caution">
<p>${say('亲情服务只为家人代办：须经本人人脸识别同意，本人可以随时要求移除。', 'A family service acts for relatives: only with their own consent by face, and for as long as they wish.')}</p>
<p>${say('您可以代查权益单、办理待遇资格认证、申请转移，并出示家人本人的医保码。', "You can see the relative's rights statement, certify, apply for a transfer, and show the relative's own code.")}</p>
<p>${say('家人的医保码用的是家人本人的余额；这里不会让您的账户为家人付款，那要另办个人账户关联。', "The relative's code pays with the relative's own money. Your account pays for nobody here; that needs a link of its own.")}</p>
<p>${say('上传的身份凭证只用于核验，核验后立即丢弃，不保存。', 'The papers you upload are only looked at, and thrown away at once.')}</p>
<label class="tick"><input type="checkbox" name="agreed" value="yes"><span>${say('我已阅读并同意《添加亲情账户告知书》', 'I have read the notice and agree to it')}</span></label>
</div>
<button class="go">${say('下一步', 'Next')}</button></form>`;
  return stepPage(c, 'notice', say('添加亲情账户告知书', 'Notice on adding a relative'), body);
}

function detailsPage(c: FamilyC, actor: FamilyActor, parts: CitizenParts, typed: Typed, wrong: Wrong): Html {
  const { language, person } = c.var;
  const say = sayIn(language);
  const choices = [
    { value: '', text: say('请选择', 'Please choose') },
    ...relations.map((value) => ({ value, text: relationWords[language][value] })),
  ];
  const body = html`${Object.keys(wrong).length > 0 ? '' : refusalNotice(actor, language)}
<form method="post" action="${base}/family/add/details" class="fields">
${textField({ name: 'name', label: say('亲属姓名', 'Name of the relative'), lengthMax: 40 }, typed, wrong)}
${textField({ name: 'residentId', label: say('社保号码（身份证号码）', 'Social security number (ID number)'), lengthMax: 24 }, typed, wrong)}
${choiceField({ name: 'relation', label: say('亲属是您的', 'What the relative is to you'), choices }, typed, wrong)}
<button class="go">${say('添加亲情账户', 'Add this relative')}</button></form>
${testNumbers(parts.deck, person, language)}`;
  return stepPage(c, 'details', say('填写亲属信息', 'Who is it?'), body);
}

function readDetails(typed: Typed, language: Language) {
  const say = sayIn(language);
  const wrong: Record<string, string> = {};
  const name = (typed.name ?? '').trim();
  if (name === '') wrong.name = say('请填写姓名', 'Please enter the name');
  const parsed = parseResidentId(typed.residentId ?? '');
  if (!parsed.ok) wrong.residentId = residentIdWords(parsed.problem, language);
  const relation = relations.find((one) => one === typed.relation);
  if (relation === undefined) wrong.relation = say('请选择关系', 'Please choose the relation');
  return name === '' || !parsed.ok || relation === undefined
    ? ({ ok: false, wrong } as const)
    : ({ ok: true, name, residentId: parsed.id, relation } as const);
}

function proofPage(c: FamilyC, actor: FamilyActor): Html {
  const say = sayIn(c.var.language);
  const { relative } = actor.getSnapshot().context;
  const photo = relative?.photoNeeded
    ? html`<div class="field"><label for="photo">${say('人脸正面照', 'Photo of the face, from the front')}</label>
<input id="photo" name="photo" type="file" accept="image/png,image/jpeg" required aria-describedby="photo-hint">
<small id="photo-hint">${say('未满 16 周岁须上传。PNG 或 JPEG，不超过 5 MB', 'Needed under 16. PNG or JPEG, 5 MB at most')}</small></div>`
    : '';
  const body = html`${refusalNotice(actor, c.var.language)}
<p>${say('亲属', 'Relative')}: <b>${relative?.maskedName ?? ''}</b></p>
<form method="post" action="${base}/family/add/proof" enctype="multipart/form-data" class="fields">
<div class="field"><label for="proof">${say('身份凭证', 'ID proof')}</label>
<input id="proof" name="proof" type="file" accept="image/png,image/jpeg,application/pdf" required aria-describedby="proof-hint">
<small id="proof-hint">${say('身份证、户口簿或出生证明。PNG、JPEG 或 PDF，不超过 5 MB；核验后立即丢弃', 'ID card, household booklet or birth certificate. PNG, JPEG or PDF, 5 MB at most; thrown away once looked at')}</small></div>
${photo}
<button class="go">${say('上传并提交', 'Upload and send')}</button></form>`;
  return stepPage(c, 'proof', say('上传身份凭证', 'Upload the ID proof'), body);
}

function facePage(c: FamilyC): Html {
  const say = sayIn(c.var.language);
  const body = html`${notice(
    'wait',
    say('等待亲属本人人脸识别。', "The relative's own face check is awaited."),
    html`<p>${say('请亲属本人登录，在“电子社保卡 → 待我识别”中完成，24 小时内有效。', 'The relative signs in and does it under E-card → My face checks, within 24 hours.')}</p>`,
  )}
<p class="actions"><a class="button go" href="${base}/family/add/face">${say('刷新', 'Look again')}</a>
<a class="button" href="${base}/family">${say('返回亲情服务', 'Back to the family service')}</a></p>`;
  return stepPage(c, 'faceCheck', say('亲属本人人脸识别', 'Face check of the relative'), body);
}

/** The bytes of an uploaded file; null where none was chosen. */
async function bytesOf(field: unknown): Promise<Uint8Array | null> {
  if (!(field instanceof File) || (field.size === 0 && field.name === '')) return null;
  return new Uint8Array(await field.arrayBuffer());
}
