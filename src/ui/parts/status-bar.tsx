import type { DeviceView, Settings, StatusView } from '../../ipc/view.ts';
import { useLanguage, useText } from '../language.ts';
import { filled, profileName, readerWords, type TextId, troubleWords } from '../texts.ts';
import { useNow } from '../use-now.ts';
import { BrandMark, Icon, type IconName } from './icons.tsx';

interface StatusBarProps {
  readonly status: StatusView;
  /** How many suspended items nobody has resolved. */
  readonly suspended: number;
  readonly settings: Settings;
  readonly onSuspended: () => void;
  readonly onChange: (change: Partial<Settings>) => void;
}

const nextTheme = { light: 'dark', dark: 'system', system: 'light' } as const;
const themeIcons = { light: 'sun', dark: 'moon', system: 'contrast' } as const satisfies Record<string, IconName>;
const themeTexts = { light: 'themeLight', dark: 'themeDark', system: 'themeSystem' } as const;

/** Where this is, what it is connected to, and that it is a simulator. */
export function StatusBar({ status, suspended, settings, onSuspended, onChange }: StatusBarProps) {
  const t = useText();
  const language = useLanguage();
  return (
    <header className="status-bar">
      <div className="brand">
        <BrandMark />
        <strong>{t('product')}</strong>
      </div>
      <p className="place">
        <span className="profile">{profileName(status.profile, language)}</span>
        <span className="institution" title={status.institution}>
          {status.institution}
        </span>
      </p>
      <Device icon="reader" label={t('reader')} device={status.reader} testId="reader-status" />
      {status.pinPad !== null && (
        <Device icon="keypad" label={t('pinPad')} device={status.pinPad} testId="pin-pad-status" />
      )}
      {status.scanner !== null && (
        <Device icon="scanner" label={t('scanner')} device={status.scanner} testId="scanner-status" />
      )}
      <Connection
        icon="centre"
        label={t('centre')}
        value={t(status.centreOnline ? 'centreOnline' : 'centreOffline')}
        state={status.centreOnline ? 'on' : 'off'}
        testId="centre-status"
      />
      {suspended > 0 && (
        <button
          type="button"
          className="suspended-chip"
          data-testid="suspended-chip"
          title={t('suspendedChip')}
          onClick={onSuspended}
        >
          <Icon name="clip" />
          <span className="suspended-word">{t('suspendedChip')}</span>
          {suspended}
        </button>
      )}
      <p className="clerk">
        <Icon name="person" />
        <span data-testid="operator">{status.operator ?? t('nobodySignedIn')}</span>
      </p>
      <Clock />
      <p className="test-environment" title={t('testEnvironmentLong')} data-testid="test-environment">
        {t('testEnvironment')}
      </p>
      <div className="settings">
        <SettingButton
          label={t(settings.voice ? 'voiceOn' : 'voiceOff')}
          testId="voice-switch"
          onPress={() => onChange({ voice: !settings.voice })}
        >
          <Icon name={settings.voice ? 'soundOn' : 'soundOff'} />
        </SettingButton>
        <SettingButton
          label={t(themeTexts[settings.theme])}
          testId="theme-switch"
          onPress={() => onChange({ theme: nextTheme[settings.theme] })}
        >
          <Icon name={themeIcons[settings.theme]} />
        </SettingButton>
        <SettingButton
          label={t('switchLanguage')}
          testId="language-switch"
          onPress={() => onChange({ language: language === 'en' ? 'zh-CN' : 'en' })}
        >
          <span className="language-badge">{t('languageBadge')}</span>
        </SettingButton>
      </div>
    </header>
  );
}

const deviceTexts = {
  connected: 'deviceConnected',
  opening: 'deviceOpening',
  lost: 'deviceLost',
} as const satisfies Record<DeviceView['state'], TextId>;

/** A device's chip: its name, in a word what is the matter with it if anything is, and below that what is the matter with
 *  a better one that it stands in for. The title says it all. */
function Device(props: {
  readonly icon: IconName;
  readonly label: string;
  readonly device: DeviceView;
  readonly testId: string;
}) {
  const t = useText();
  const language = useLanguage();
  const { icon, label, device, testId } = props;
  const { kind, state, note, trouble } = device;
  const name = kind === 'virtual' ? filled(readerWords.virtual, language) : device.name;
  const isConnected = state === 'connected';
  const troubleWord = trouble === undefined ? null : filled(troubleWords[trouble], language);
  const stateWord = isConnected ? t('deviceConnected') : (troubleWord ?? t(deviceTexts[state]));
  const kindWord = filled(readerWords[kind], language);
  return (
    <p
      className="connection device"
      data-state={isConnected && kind === 'virtual' ? 'virtual' : state}
      data-testid={testId}
      title={[`${label}: ${name}`, kindWord, stateWord, note].filter((part) => part !== null).join(' · ')}
    >
      <Icon name={icon} className="device-icon" />
      <span className="connection-label">{label}</span>
      <span className="device-words">
        <span className="connection-value device-value">
          <span className="device-name">{name}</span>
          {!isConnected && <span className="device-state">{stateWord}</span>}
        </span>
        {isConnected && troubleWord !== null && (
          <span className="device-note">{t('deviceInstead', { trouble: troubleWord })}</span>
        )}
      </span>
    </p>
  );
}

interface ConnectionProps {
  readonly icon: IconName;
  readonly label: string;
  readonly value: string;
  readonly state: 'on' | 'off';
  readonly testId: string;
}

function Connection({ icon, label, value, state, testId }: ConnectionProps) {
  return (
    <p className="connection" data-state={state} data-testid={testId}>
      <Icon name={icon} />
      <span className="connection-label">{label}</span>
      <span className="connection-value">{value}</span>
    </p>
  );
}

function SettingButton(props: {
  readonly label: string;
  readonly testId: string;
  readonly onPress: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      className="setting-button"
      aria-label={props.label}
      title={props.label}
      data-testid={props.testId}
      onClick={props.onPress}
    >
      {props.children}
    </button>
  );
}

const clockFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' });

function Clock() {
  const now = useNow(5_000);
  return <time className="clock">{clockFormat.format(now)}</time>;
}
