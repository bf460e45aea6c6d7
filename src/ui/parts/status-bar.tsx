import type { Settings, StatusView } from '../../ipc/view.ts';
import { useLanguage, useText } from '../language.ts';
import { filled, profileName, readerWords } from '../texts.ts';
import { useNow } from '../use-now.ts';
import { BrandMark, Icon, type IconName } from './icons.tsx';

interface StatusBarProps {
  readonly status: StatusView;
  readonly settings: Settings;
  readonly onChange: (change: Partial<Settings>) => void;
}

const nextTheme = { light: 'dark', dark: 'system', system: 'light' } as const;
const themeIcons = { light: 'sun', dark: 'moon', system: 'contrast' } as const satisfies Record<string, IconName>;
const themeTexts = { light: 'themeLight', dark: 'themeDark', system: 'themeSystem' } as const;

/** Where this is, what it is connected to, and that it is a simulator. */
export function StatusBar({ status, settings, onChange }: StatusBarProps) {
  const t = useText();
  const language = useLanguage();
  const { reader } = status;
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
      <Connection
        icon="reader"
        label={t('reader')}
        value={reader.online ? filled(readerWords[reader.kind], language) : t('readerOffline')}
        state={!reader.online ? 'off' : reader.kind === 'virtual' ? 'virtual' : 'on'}
        testId="reader-status"
      />
      <Connection
        icon="centre"
        label={t('centre')}
        value={t(status.centreOnline ? 'centreOnline' : 'centreOffline')}
        state={status.centreOnline ? 'on' : 'off'}
        testId="centre-status"
      />
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

interface ConnectionProps {
  readonly icon: IconName;
  readonly label: string;
  readonly value: string;
  readonly state: 'on' | 'off' | 'virtual';
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
