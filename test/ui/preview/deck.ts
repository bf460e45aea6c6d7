import { fen } from '../../../src/domain/money.ts';
import type { DeckHousehold, DeckPerson } from '../../../src/ipc/view.ts';

function person(id: string, name: string, last4: string, rest: Partial<DeckPerson>): DeckPerson {
  return {
    id,
    name,
    last4,
    insurance: 'employee',
    status: 'normal',
    card: 'normal',
    balance: fen(20000),
    providers: [],
    ...rest,
  };
}

/** Families for the preview only; the product's deck is a fixture. */
export const deck: readonly DeckHousehold[] = [
  {
    id: 'seed',
    title: { 'zh-CN': '李家', en: 'The Li family' },
    shows: {
      'zh-CN': '母亲余额不足，女儿的账户接着支付',
      en: "The mother's balance is short, her daughter's account pays on",
    },
    people: [
      person('mother', '李秀兰', '0417', { insurance: 'resident', balance: fen(5000), providers: ['王小芳'] }),
      person('daughter', '王小芳', '2290', {}),
      person('father', '王建国', '7781', { balance: fen(12000) }),
    ],
  },
  {
    id: 'empty',
    title: { 'zh-CN': '陈家', en: 'The Chen family' },
    shows: { 'zh-CN': '共济人余额为零，差额收现金', en: "The provider's balance is zero, the rest is cash" },
    people: [
      person('chen-a', '陈玉', '1001', { balance: fen(1), providers: ['陈大明'] }),
      person('chen-b', '陈大明', '1002', { balance: fen(0) }),
      person('chen-c', '欧阳淑贞', '1003', { balance: null, insurance: 'resident' }),
    ],
  },
  {
    id: 'lost',
    title: { 'zh-CN': '张家', en: 'The Zhang family' },
    shows: { 'zh-CN': '挂失的卡在输密码之前就被拒绝', en: 'A lost card is refused before any PIN' },
    people: [
      person('zhang-a', '张明', '3001', { card: 'lost' }),
      person('zhang-b', '张丽', '3002', { status: 'suspended' }),
      person('zhang-c', '张小宝', '3003', { insurance: 'resident', balance: null, providers: ['张丽'] }),
    ],
  },
  {
    id: 'two',
    title: { 'zh-CN': '赵家', en: 'The Zhao family' },
    shows: { 'zh-CN': '一位共济人帮两位老人', en: 'One provider helps two parents' },
    people: [
      person('zhao-a', '赵德福', '4001', { balance: fen(300), providers: ['赵敏'] }),
      person('zhao-b', '周桂英', '4002', { balance: fen(0), providers: ['赵敏'] }),
      person('zhao-c', '赵敏', '4003', { balance: fen(86000) }),
    ],
  },
  {
    id: 'ended',
    title: { 'zh-CN': '孙家', en: 'The Sun family' },
    shows: { 'zh-CN': '共济关系已解除', en: 'The link was cancelled' },
    people: [
      person('sun-a', '孙强', '5001', { balance: fen(2000) }),
      person('sun-b', '孙悦', '5002', {}),
      person('sun-c', '孙宁', '5003', { card: 'tempLost' }),
    ],
  },
  {
    id: 'area',
    title: { 'zh-CN': '吴家', en: 'The Wu family' },
    shows: { 'zh-CN': '异地参保，本市政策下不能共济', en: 'Insured elsewhere: no sharing under a city-only rule' },
    people: [
      person('wu-a', '吴天', '6001', { balance: fen(1000), providers: ['吴海'] }),
      person('wu-b', '吴海', '6002', {}),
      person('wu-c', '吴月', '6003', { card: 'sealed' }),
    ],
  },
  {
    id: 'locked',
    title: { 'zh-CN': '郑家', en: 'The Zheng family' },
    shows: { 'zh-CN': '密码已锁定', en: 'The PIN is locked' },
    people: [
      person('zheng-a', '郑和平', '7001', {}),
      person('zheng-b', '郑雪', '7002', { status: 'arrears' }),
      person('zheng-c', '郑重', '7003', { card: 'cancelled' }),
    ],
  },
  {
    id: 'child',
    title: { 'zh-CN': '冯家', en: 'The Feng family' },
    shows: { 'zh-CN': '孩子用父母的账户', en: "A child uses the parents' account" },
    people: [
      person('feng-a', '冯小雨', '8001', { insurance: 'resident', balance: null, providers: ['冯涛', '蒋琴'] }),
      person('feng-b', '冯涛', '8002', {}),
      person('feng-c', '蒋琴', '8003', {}),
    ],
  },
];
