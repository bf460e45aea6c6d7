// What the kiosk is compared with: the least that an Electron can show, in a window of the kiosk's size and sandbox.
import { app, BrowserWindow } from 'electron';

app.setPath('userData', process.env.GONGJI_DATA_DIR);
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true } });
  window.loadURL('data:text/html,<title>blank</title><p data-testid="screen">blank</p>');
});
