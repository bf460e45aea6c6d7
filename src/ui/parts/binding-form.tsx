import { type RefObject, useEffect, useRef, useState } from 'react';
import type { DocumentKind } from '../../domain/link-application.ts';
import { linkCaution, relationWords } from '../../domain/link-words.ts';
import type { Relation } from '../../domain/person.ts';
import type { Intent } from '../../ipc/intent.ts';
import type { BindingView } from '../../ipc/view.ts';
import {
  dayTyped,
  firstTerms,
  quotaTyped,
  type TermsDraft,
  type TermsProblem,
  termsIntent,
  termsProblem,
} from '../binding-terms.ts';
import { useLanguage, useText } from '../language.ts';
import type { TextId } from '../texts.ts';
import { FieldPad } from './field-pad.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Sentence } from './sentence.tsx';

const relations: readonly Relation[] = ['spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'other'];
const documents: readonly DocumentKind[] = ['idCard', 'socialCard', 'evoucher'];
const documentIcons = { idCard: 'idCard', socialCard: 'card', evoucher: 'code' } as const satisfies Record<
  DocumentKind,
  IconName
>;
export const documentTexts = {
  idCard: 'documentIdCard',
  socialCard: 'documentSocialCard',
  evoucher: 'documentEvoucher',
} as const satisfies Record<DocumentKind, TextId>;
const problemTexts = { relation: 'formNeedsRelation', until: 'formNeedsUntil' } as const satisfies Record<
  TermsProblem,
  TextId
>;

interface BindingFormProps {
  readonly binding: BindingView;
  /** Enter, wherever the keyboard is, sends it. */
  readonly form: RefObject<HTMLFormElement | null>;
  readonly onSend: (intent: Intent) => void;
}

/** All that is asked beside the two people. Only what cannot be guessed is insisted on; what else is missing is for the dry
 *  run to say, with its rule. */
export function BindingForm({ binding, form, onSend }: BindingFormProps) {
  const t = useText();
  const language = useLanguage();
  const [draft, setDraft] = useState(() => firstTerms(binding));
  const [problem, setProblem] = useState<TermsProblem | null>(null);
  const { asks, provider, beneficiary } = binding;
  const change = (part: Partial<TermsDraft>) => {
    setDraft({ ...draft, ...part });
    setProblem(null);
  };
  const names = { provider: provider?.maskedName ?? '', beneficiary: beneficiary?.maskedName ?? '' };
  const relationField = useRef<HTMLFieldSetElement>(null);
  // The keyboard begins where the clerk does.
  useEffect(() => {
    const field = relationField.current;
    (field?.querySelector<HTMLElement>(':checked') ?? field?.querySelector<HTMLElement>('input'))?.focus();
  }, []);

  return (
    <form
      className="terms"
      ref={form}
      data-testid="terms"
      data-fields={asks.quota || asks.until}
      onSubmit={(event) => {
        event.preventDefault();
        const intent = termsIntent(draft);
        if (intent !== null) return onSend(intent);
        setProblem(termsProblem(draft));
        if (draft.relation === null) relationField.current?.querySelector('input')?.focus();
      }}
    >
      <div className="terms-half">
        <fieldset className="terms-choice" ref={relationField} data-problem={problem === 'relation'}>
          <legend>
            <Sentence>{t('formRelation', names)}</Sentence>
            {problem !== null && (
              <strong className="terms-problem" role="alert" data-testid="terms-problem">
                <Icon name="warning" />
                {t(problemTexts[problem])}
              </strong>
            )}
          </legend>
          <div className="terms-row" data-columns="4">
            {relations.map((relation) => (
              <Choice
                key={relation}
                name="relation"
                testId={`relation-${relation}`}
                checked={draft.relation === relation}
                onChoose={() => change({ relation })}
                note={asks.relations.includes(relation) ? null : t('formNotHere')}
              >
                {relationWords[language][relation]}
              </Choice>
            ))}
          </div>
        </fieldset>
        {asks.documents === 'provider_card' ? (
          <p className="terms-note">
            <Icon name="card" />
            {t('formDocumentsNone')}
          </p>
        ) : (
          <div className="terms-documents">
            <p className="terms-legend">{t('formDocuments')}</p>
            <Documents
              side="provider"
              chosen={draft.providerDocument}
              onChoose={(providerDocument) => change({ providerDocument })}
            />
            <Documents
              side="beneficiary"
              chosen={draft.beneficiaryDocument}
              onChoose={(beneficiaryDocument) => change({ beneficiaryDocument })}
            />
          </div>
        )}
      </div>
      <div className="terms-half">
        <div className="caution" data-testid="caution">
          <p className="terms-legend">{t('formCaution')}</p>
          <blockquote className="caution-text">{linkCaution[language]}</blockquote>
          <Tick
            testId="caution-tick"
            ticked={draft.cautionTicked}
            onTick={(cautionTicked) => change({ cautionTicked })}
          >
            {t('formCautionTick')}
          </Tick>
        </div>
        {asks.consent && (
          <Tick
            testId="consent-tick"
            ticked={draft.beneficiaryConsents}
            onTick={(beneficiaryConsents) => change({ beneficiaryConsents })}
          >
            {t('formConsentTick')}
          </Tick>
        )}
        {(asks.quota || asks.until) && (
          <div className="terms-fields">
            {asks.quota && (
              <Field
                label={t('formQuota')}
                hint={t('formQuotaHint')}
                testId="quota"
                value={draft.quota}
                place="0.00"
                shaped={quotaTyped}
                onChange={(quota) => change({ quota })}
              />
            )}
            {asks.until && (
              <Field
                label={t('formUntil')}
                hint={t('formUntilHint')}
                testId="until"
                value={draft.until}
                place={t('formUntilShape')}
                shaped={dayTyped}
                onChange={(until) => change({ until })}
              />
            )}
          </div>
        )}
        <p className="terms-keys">{t('formKeys')}</p>
      </div>
    </form>
  );
}

function Documents(props: {
  readonly side: 'provider' | 'beneficiary';
  readonly chosen: DocumentKind | null;
  readonly onChoose: (document: DocumentKind) => void;
}) {
  const t = useText();
  const { side, chosen, onChoose } = props;
  const label = t(side === 'provider' ? 'roleProvider' : 'roleBeneficiary');
  return (
    <fieldset className="terms-documents-row" aria-label={label}>
      <span className="terms-side" data-role={side}>
        {label}
      </span>
      <div className="terms-row" data-columns="3">
        {documents.map((document) => (
          <Choice
            key={document}
            name={`document-${side}`}
            testId={`${side}-${document}`}
            checked={chosen === document}
            onChoose={() => onChoose(document)}
            note={null}
          >
            <Icon name={documentIcons[document]} />
            {t(documentTexts[document])}
          </Choice>
        ))}
      </div>
    </fieldset>
  );
}

/** One of several. `note`: small, why it will probably not do. */
function Choice(props: {
  readonly name: string;
  readonly testId: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
  readonly note: string | null;
  readonly children: React.ReactNode;
}) {
  return (
    <label className="switch terms-switch" data-unlikely={props.note !== null} data-testid={props.testId}>
      <input type="radio" name={props.name} checked={props.checked} onChange={props.onChoose} />
      <span className="terms-switch-word">{props.children}</span>
      {props.note !== null && <small>{props.note}</small>}
    </label>
  );
}

function Tick(props: {
  readonly testId: string;
  readonly ticked: boolean;
  readonly onTick: (ticked: boolean) => void;
  readonly children: string;
}) {
  return (
    <label className="tick" data-testid={props.testId}>
      <input type="checkbox" checked={props.ticked} onChange={(event) => props.onTick(event.target.checked)} />
      <span className="tick-box">{props.ticked && <Icon name="tick" />}</span>
      <span>{props.children}</span>
    </label>
  );
}

function Field(props: {
  readonly label: string;
  readonly hint: string;
  readonly testId: string;
  readonly value: string;
  readonly place: string;
  readonly shaped: (text: string) => string;
  readonly onChange: (value: string) => void;
}) {
  const t = useText();
  const [isPadOpen, setPadOpen] = useState(false);
  const { label, hint, testId, value, shaped, onChange } = props;
  return (
    <div className="terms-field">
      <label>
        <span className="terms-legend">{label}</span>
        <input
          type="text"
          inputMode="decimal"
          autoComplete="off"
          data-testid={testId}
          placeholder={props.place}
          value={value}
          onChange={(event) => onChange(shaped(event.target.value))}
        />
      </label>
      <button
        type="button"
        className="pad-key terms-pad"
        aria-label={t('formPad')}
        title={t('formPad')}
        data-testid={`${testId}-pad`}
        onClick={() => setPadOpen(true)}
      >
        <Icon name="keypad" />
      </button>
      <small className="terms-hint">{hint}</small>
      {isPadOpen && (
        <FieldPad
          label={label}
          value={value}
          onKey={(key) =>
            onChange(shaped(key === 'erase' ? value.slice(0, value.endsWith('-') ? -2 : -1) : `${value}${key}`))
          }
          onClose={() => setPadOpen(false)}
        />
      )}
    </div>
  );
}
