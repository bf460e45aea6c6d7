import type { FamilyRefusal } from '../../../centre/family-service.ts';
import type { TransferState } from '../../../centre/family-store.ts';
import type { CertificationStanding } from '../../../domain/certification.ts';
import { chinaDateTime } from '../../../domain/china-time.ts';
import type { SlotGroup } from '../../../domain/family-service.ts';
import type { CardState, InsuranceStatus } from '../../../domain/person.ts';
import type { Language } from '../../../domain/prompt.ts';

type Pair = readonly [zh: string, en: string];

export function inLanguage([zh, en]: Pair, language: Language): string {
  return language === 'en' ? en : zh;
}

export const transferStateWords: Readonly<Record<TransferState, Pair>> = {
  submitted: ['已提交', 'Submitted'],
  inProgress: ['办理中', 'In progress'],
  done: ['办结', 'Done'],
};

export const certificationWords: Readonly<Record<CertificationStanding['state'], Pair>> = {
  inTime: ['在认证周期内', 'In time'],
  grace: ['已到期，在宽限期内，请尽快认证', 'Due, within the days of grace. Please certify soon'],
  suspended: [
    '已过宽限期，待遇暂停，认证后恢复并补发',
    'Payment is suspended. Certifying restores it and pays what was missed',
  ],
};

export const cardStateWords: Readonly<Record<CardState, Pair>> = {
  normal: ['正常', 'normal'],
  lost: ['正式挂失', 'reported lost'],
  tempLost: ['临时挂失', 'reported lost for a time'],
  cancelled: ['已注销', 'cancelled'],
  sealed: ['未启用', 'not yet enabled'],
  fake: ['无效', 'not valid'],
};

export const statusWords: Readonly<Record<InsuranceStatus, Pair>> = {
  normal: ['正常', 'normal'],
  suspended: ['暂停', 'suspended'],
  terminated: ['终止', 'terminated'],
  arrears: ['欠费', 'in arrears'],
};

const groupWords: Readonly<Record<SlotGroup, Pair>> = {
  elders: ['老人', 'elders'],
  children: ['子女', 'children'],
  spouse: ['配偶', 'spouse'],
  others: ['其他亲属', 'other relatives'],
};

/** Why something was not done and what mends it; what was changed by it is said where that is not nothing. */
export function refusalText(why: FamilyRefusal, language: Language): string {
  return inLanguage(refusalPair(why), language);
}

function refusalPair(why: FamilyRefusal): Pair {
  switch (why.kind) {
    case 'noEcard':
      return ['还没有电子社保卡，请先申领。', 'There is no e-card yet. Please apply for one first.'];
    case 'alreadyIssued':
      return ['已有电子社保卡，不用再申领。', 'You have an e-card already.'];
    case 'otherIdNumber':
      return [
        '这不是您本人的身份证号码，请核对。没有任何变动。',
        'This is not your ID number, please check it. Nothing was changed.',
      ];
    case 'cardNotUsable': {
      const [zh, en] = cardStateWords[why.state];
      return [
        `社保卡状态：${zh}，电子社保卡暂不能用。没有任何变动。`,
        `The social card is ${en}, so the e-card cannot be used. Nothing was changed.`,
      ];
    }
    case 'pinForm':
      return pinForms[why.problem];
    case 'pinWrong':
      return [
        `密码错误，还可以输入 ${why.triesLeft} 次。`,
        `Wrong PIN. You can try ${why.triesLeft === 1 ? 'once more' : `${why.triesLeft} more times`}.`,
      ];
    case 'pinLocked': {
      const until = chinaDateTime(why.until).slice(0, 16);
      return [
        `24 小时内输错 6 次，电子社保卡密码已锁定，${until} 后再试。`,
        `Six wrong PINs within 24 hours: the e-card is locked. Try again after ${until}.`,
      ];
    }
    case 'permitOver':
      return [
        '密码验证已过期，请重新输入密码。没有添加任何人。',
        'The PIN was entered too long ago. Enter it again; nobody was added.',
      ];
    case 'notAgreed':
      return ['请先阅读并同意告知书。', 'Please read the notice and agree to it first.'];
    case 'personNotFound':
      return [
        '姓名与社保号码不一致，或查无此人，请核对。没有任何变动。',
        'Nobody has this name and number together, please check them. Nothing was changed.',
      ];
    case 'oneself':
      return ['不能添加本人。', 'You cannot add yourself.'];
    case 'alreadyAdded':
      return [
        '这位亲属已在亲情服务中，或正在等待人脸识别。',
        'This relative has been added already, or awaits the face check.',
      ];
    case 'noSlot': {
      const { group, max } = why.problem;
      if (group === null)
        return [
          `亲情服务最多 ${max} 人，请先移除一位。`,
          `A family service has ${max} places at most. Remove somebody first.`,
        ];
      const [zh, en] = groupWords[group];
      return [
        `${zh}最多 ${max} 人，请先移除一位。`,
        `There is room for ${max} of these at most: ${en}. Remove somebody first.`,
      ];
    }
    case 'proof':
    case 'photo':
      return files[why.kind][why.problem];
    case 'photoNotAsked':
      return [
        '满 16 周岁不需要上传人脸照片。没有任何变动。',
        'No photo is asked of somebody who is 16 or older. Nothing was changed.',
      ];
    case 'noSuchMember':
      return [
        '亲情服务中没有这位亲属，或尚未开通。没有任何变动。',
        'This relative is not, or no longer, in the family service. Nothing was changed.',
      ];
    case 'noBenefit':
      return ['这位亲属还没有养老待遇，不需要认证。', 'This relative draws no pension yet and need not certify.'];
    case 'areaForm':
      return ['请按“省/统筹区”填写转入地。没有任何变动。', 'Enter the area as province/area. Nothing was changed.'];
    case 'sameArea':
      return ['转入地就是现参保地，不用转移。', 'The relative is insured there already.'];
    case 'transferOpen':
      return [
        '已有一个转移申请正在办理，请等它办结。',
        'An application is under way already. Please wait until it is done.',
      ];
    case 'noSuchTransfer':
      return [
        '没有这个申请，或已办结。没有任何变动。',
        'There is no such application, or it is done. Nothing was changed.',
      ];
  }
}

const pinForms: Readonly<Record<Extract<FamilyRefusal, { kind: 'pinForm' }>['problem'], Pair>> = {
  form: ['密码是 6 位数字，请重新输入。', 'The PIN has 6 digits, please enter it again.'],
  consecutive: ['密码不能是连续的数字，请换一个。', 'The digits may not count up or down. Choose others.'],
  repeated: ['密码不能是重复的数字，请换一个。', 'The digits may not repeat. Choose others.'],
  fromIdNumber: ['密码不能取自身份证号码，请换一个。', 'The PIN may not be part of your ID number. Choose others.'],
};

type FileProblem = Extract<FamilyRefusal, { kind: 'proof' | 'photo' }>['problem'];
const files: Readonly<Record<'proof' | 'photo', Readonly<Record<FileProblem, Pair>>>> = {
  proof: {
    missing: ['请选择身份凭证文件。', 'Please choose the file of the ID proof.'],
    empty: ['身份凭证文件是空的，请换一个。', 'The file of the ID proof is empty. Choose another.'],
    tooLarge: ['身份凭证文件超过 5 MB，请换一个小些的。', 'The ID proof is larger than 5 MB. Choose a smaller file.'],
    kind: [
      '身份凭证只收 PNG、JPEG 图片或 PDF，请换一个。',
      'An ID proof is a PNG, a JPEG or a PDF. Choose another file.',
    ],
  },
  photo: {
    missing: ['未满 16 周岁，请同时上传人脸正面照。', 'Under 16 a photo of the face is needed as well.'],
    empty: ['照片文件是空的，请换一个。', 'The photo is empty. Choose another.'],
    tooLarge: ['照片超过 5 MB，请换一张小些的。', 'The photo is larger than 5 MB. Choose a smaller one.'],
    kind: ['照片只收 PNG 或 JPEG，请换一张。', 'A photo is a PNG or a JPEG. Choose another.'],
  },
};
