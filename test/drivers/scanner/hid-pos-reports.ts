const dataBytesMax = 56;

/** What a HID POS scanner sends for a code: 64-byte reports with id 2. Not whole: the last says that more follows. */
export function hidPosReports(text: string, { isWhole = true } = {}): Uint8Array[] {
  const data = Buffer.from(text, 'latin1');
  const reports: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += dataBytesMax) {
    const part = data.subarray(at, at + dataBytesMax);
    const report = new Uint8Array(64);
    report.set([0x02, part.length, 0x5d, 0x51, 0x31]);
    report.set(part, 5);
    report[63] = isWhole && at + dataBytesMax >= data.length ? 0 : 1;
    reports.push(report);
  }
  return reports;
}
