import '@fontsource-variable/noto-sans-sc';
import './styles/tokens.css';
import './styles/base.css';
import './styles/operator.css';
import './styles/ladder.css';
import './styles/result.css';
import './styles/customer.css';
import './styles/deck.css';
import { createRoot } from 'react-dom/client';
import { sealDigits } from '../ipc/pin-seal.ts';
import { windowBridge } from './bridge.ts';
import { Kiosk } from './kiosk.tsx';
import { createScreen } from './screen.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(<Kiosk screen={createScreen(windowBridge(), sealDigits)} />);
