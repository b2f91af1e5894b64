/** Words of ordinary days, invented. `{spot}` is where, as the reporter says it. */
export interface EverydayForm {
  readonly category: string;
  readonly itemClass: 'ORDINARY' | 'SPECIALIZED';
  /** What citizens tell: kind, title, body. */
  readonly citizens: readonly (readonly [kind: string, title: string, body: string])[];
  /** What the patrol finds: type in its app, title, body. Empty: no matter of a patrol. */
  readonly patrol: readonly (readonly [type: string, title: string, body: string])[];
}

export interface Street {
  readonly town: string;
  readonly townCode: string;
  readonly name: string;
  /** WGS-84 of house number 1, and how far the street has come at number 200, degrees. */
  readonly lon: number;
  readonly lat: number;
  readonly run: readonly [lon: number, lat: number];
}

const street = (
  town: string,
  townCode: string,
  name: string,
  [lon, lat]: readonly [number, number],
  run: readonly [number, number],
): Street => ({ town, townCode, name, lon, lat, run });

export const streets: readonly Street[] = [
  street('沈家门街道', '330903001', '渔灯路', [122.2882, 29.9471], [0.0161, 0.0042]),
  street('沈家门街道', '330903001', '望帆街', [122.2931, 29.9533], [0.0152, -0.0031]),
  street('沈家门街道', '330903001', '老码头路', [122.2895, 29.9437], [0.0168, 0.0011]),
  street('东港街道', '330903003', '海棠路', [122.3249, 29.9632], [0.0032, 0.0104]),
  street('东港街道', '330903003', '银沙路', [122.3301, 29.9641], [0.0098, 0.0047]),
  street('东港街道', '330903003', '潮音街', [122.3288, 29.9712], [0.0109, -0.0029]),
  street('朱家尖街道', '330903004', '大洞岙路', [122.3881, 29.8921], [0.0129, 0.0088]),
  street('朱家尖街道', '330903004', '南沙路', [122.3942, 29.8741], [0.0118, 0.0043]),
  street('展茅街道', '330903005', '茅洋路', [122.2622, 29.9961], [0.0101, 0.0079]),
  street('六横镇', '330903100', '峧头路', [122.1301, 29.7102], [0.0213, 0.0118]),
  street('虾峙镇', '330903102', '河泥漕路', [122.2631, 29.7471], [0.0097, 0.0052]),
  street('桃花镇', '330903104', '茅草岙路', [122.2741, 29.8151], [0.0163, 0.0068]),
  street('普陀山镇', '330903106', '梅岑路', [122.3802, 29.9811], [0.0051, 0.0118]),
];

export const everydayForms: readonly EverydayForm[] = [
  {
    category: 'URB.GARBAGE',
    itemClass: 'ORDINARY',
    citizens: [
      ['COMPLAINT', '垃圾没人收', '{spot}门口的垃圾桶满出来好几天了,苍蝇乱飞,麻烦安排清运。'],
      ['COMPLAINT', '装修垃圾堆在路边', '{spot}旁边有人倒了一大堆装修垃圾,砖头木板都有,走路要绕到车道上。'],
      ['COMPLAINT', '绿化带里全是垃圾', '{spot}对面绿化带里塑料袋、饭盒一大片,环卫只扫路面不管里面。'],
    ],
    patrol: [
      ['问题隐患>环保生态', '垃圾桶满溢', '{spot}四只桶全满,落地约半方,已联系保洁。'],
      ['问题隐患>环保生态', '建筑垃圾偷倒', '{spot}侧有装修垃圾一堆,约1.5方,未见当事人。'],
    ],
  },
  {
    category: 'URB.FACILITY',
    itemClass: 'ORDINARY',
    citizens: [
      ['COMPLAINT', '路灯不亮', '{spot}这一段路灯三盏不亮,晚上下班回来黑漆漆的。'],
      ['COMPLAINT', '公厕没水', '{spot}边上的公厕水龙头放不出水,便池冲不掉。'],
      ['SUGGESTION', '建议加一张长椅', '{spot}公交站没有座位,老人等车站着累,能不能加一张长椅。'],
    ],
    patrol: [['问题隐患>其他隐患', '路灯失明', '夜巡{spot}段路灯连续两盏不亮,杆号已拍照。']],
  },
  {
    category: 'URB.PARKING',
    itemClass: 'ORDINARY',
    citizens: [
      ['COMPLAINT', '人行道上停满车', '{spot}人行道天天停满小车,推婴儿车只能走马路。'],
      ['COMPLAINT', '车库出口被堵', '{spot}车库出口又被一辆白色面包车挡住,电话没人接。'],
    ],
    patrol: [['问题隐患>交通安全', '消防通道旁违停', '{spot}巷口违停2辆,已贴单提醒挪车。']],
  },
  {
    category: 'URB.STREET',
    itemClass: 'ORDINARY',
    citizens: [
      ['COMPLAINT', '水果摊占路', '{spot}路口每天傍晚五六个水果摊摆到路中间,骑车过不去。'],
      ['COMPLAINT', '楼道贴满小广告', '{spot}楼道里开锁、疏通的小广告贴了一墙,撕都撕不干净。'],
    ],
    patrol: [['问题隐患>市场秩序', '流动摊贩占道', '{spot}流动摊3处,劝离,半小时后复看已走。']],
  },
  {
    category: 'URB.NOISE',
    itemClass: 'ORDINARY',
    citizens: [
      ['COMPLAINT', '楼上半夜唱歌', '{spot}楼上租客连着几个晚上唱到十二点,音响震得天花板响。'],
      ['COMPLAINT', '广场舞太响', '{spot}空地上广场舞音响开得很大,小孩没法写作业。'],
    ],
    patrol: [
      ['矛盾纠纷>邻里纠纷', '音响扰民起争执', '{spot}住户因夜间音响与楼下口角,现场调解,约定九点半后关。'],
    ],
  },
  {
    category: 'URB.ROAD',
    itemClass: 'ORDINARY',
    citizens: [
      ['COMPLAINT', '路面有坑', '{spot}路面烂了一个坑,下雨积水看不见,电瓶车骑过去很颠。'],
      ['COMPLAINT', '人行道砖松了', '{spot}门前人行道砖翘起来好几块,一踩溅一身泥水。'],
    ],
    patrol: [['问题隐患>公共安全', '路面破损', '{spot}沥青破损约60×40厘米,放警示桩一只。']],
  },
  {
    category: 'URB.DRAIN',
    itemClass: 'ORDINARY',
    citizens: [['COMPLAINT', '下水道往外冒', '{spot}下水道堵了,污水往路上冒,味道很大。']],
    patrol: [['问题隐患>环保生态', '污水外溢', '{spot}窨井污水外溢约十米,已报排水。']],
  },
  {
    category: 'CNV.UTILITY',
    itemClass: 'ORDINARY',
    citizens: [
      ['HELP', '水压小', '{spot}这几天水很小,四楼热水器点不着。'],
      ['HELP', '宽带断了', '{spot}整个单元宽带从昨晚断到现在,客服说在修一直没好。'],
    ],
    patrol: [],
  },
  {
    category: 'CNV.CONSULT',
    itemClass: 'ORDINARY',
    citizens: [
      ['CONSULTATION', '老年公交卡怎么办', '我妈住{spot},今年满七十,老年卡去哪里办,要带什么材料?'],
      ['CONSULTATION', '居住证续签', '住在{spot}的出租房,居住证到期了能不能网上续?'],
    ],
    patrol: [],
  },
  {
    category: 'CNV.PROPERTY',
    itemClass: 'ORDINARY',
    citizens: [['COMPLAINT', '物业电话打不通', '{spot}小区物业收了一年的费,报修电话从来没人接。']],
    patrol: [['矛盾纠纷>物业纠纷', '业主与物业口角', '{spot}小区因停车收费争吵,2人,已劝开,约周五协商。']],
  },
  {
    category: 'SAF.HAZARD',
    itemClass: 'SPECIALIZED',
    citizens: [['REPORT', '电瓶车在楼道充电', '{spot}楼道里长期拉线给电瓶车充电,说了好几次不听。']],
    patrol: [
      ['问题隐患>消防安全', '灭火器过期', '{spot}沿街店铺灭火器过期2只,限三日更换。'],
      ['问题隐患>消防安全', '楼道堆物', '{spot}二楼楼道堆放纸箱,住户答应当天清走。'],
    ],
  },
  {
    category: 'MKT.CONSUMER',
    itemClass: 'SPECIALIZED',
    citizens: [['COMPLAINT', '理发卡退不了', '在{spot}理发店充了八百,店换了老板,新老板说不认这个卡。']],
    patrol: [],
  },
];

/** What the fishing platform's computer finds on an ordinary day: the word of its alarm and the class. */
export const seaForms: readonly {
  readonly type: string;
  readonly category: string;
  readonly words: string;
}[] = [
  { type: '越界', category: 'SEA.FENCE', words: '进FC-07禁锚区' },
  { type: '越界', category: 'SEA.FENCE', words: '进FC-11航道' },
  { type: '离线', category: 'SEA.LOST', words: '离线{min}分 在船{crew}' },
  { type: '碰撞风险', category: 'SEA.COLLISION', words: 'CPA0.2 TCPA8' },
];
