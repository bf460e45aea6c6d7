import { fakeBridge } from './fake-bridge.ts';

// The bridge must stand before the product's own entry asks for it.
Object.defineProperty(window, 'gongji', { value: fakeBridge(new URLSearchParams(location.search)) });
void import('../../../src/ui/main.tsx');
