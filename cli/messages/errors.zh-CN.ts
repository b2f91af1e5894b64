import type { ErrorCode, ErrorKind } from '../../runtime/errors.ts';

/** Meaning and next step of every code in Chinese; the English ones stand in runtime/errors.ts. */
export const errorsZhCN: Readonly<Record<ErrorCode, Pick<ErrorKind, 'meaning' | 'fix'>>> = {
  HUB_CONFIG_INVALID: {
    meaning: '配置不符合格式要求。',
    fix: '逐行改正所列问题（路径、现值、应有值）后重新启动；有问题的部分没有启动。',
  },
  HUB_CONFIG_UNREADABLE: {
    meaning: '配置文件或其引用的密文无法读取。',
    fix: '检查路径和权限，或设置提示中的环境变量。',
  },
  HUB_REGISTRY_DUPLICATE: {
    meaning: '两个定义重名。',
    fix: '改掉其中一个：名称同时用作配置键、指标标签和主题名的一段。',
  },
  HUB_REGISTRY_UNKNOWN: { meaning: '配置或命令行中的名称没有登记。', fix: '请使用提示中列出的名称。' },
  HUB_DATA_LOCKED: {
    meaning: '数据目录正被另一个进程占用。',
    fix: '使用正在运行的枢纽，或停掉它，或用 --data 另选目录。',
  },
  HUB_DATA_FORMAT: {
    meaning: '数据目录由更新版本的枢纽写成，或不是枢纽的数据目录。',
    fix: '启动更新的版本，或用 --data 另选目录；空目录由 hub up 建立。',
  },
  HUB_DATA_WRITE: {
    meaning: '数据目录或备份无法写入（磁盘满、只读、无权限或大小受限）。',
    fix: '腾出空间、放宽限制或改正权限；运行中的枢纽会自行继续，未能启动的请重新启动。已接收的不会丢失。',
  },
  HUB_DATA_DAMAGED: {
    meaning: '数据文件已损坏：内部结构前后不一致（磁盘故障，或被其他程序改写）。',
    fix: '请停止枢纽，保留一份数据目录副本，把备份还原到新的目录（hub restore FILE）后重新启动；此后的记录由来源重新提供（以来源保留的为限）。',
  },
  HUB_BACKUP_UNUSABLE: {
    meaning: '该文件不是完整的枢纽备份：不存在、被截断、被改动，或是别的文件。',
    fix: '换用另一份备份或该备份的另一份副本；没有还原任何内容。',
  },
  HUB_BACKUP_TARGET_TAKEN: {
    meaning: '备份文件或还原目录会覆盖已有的内容。',
    fix: '请指定不存在的文件名，或用 --data 指定空目录；没有改动任何内容。',
  },
  HUB_LOG_FENCED: { meaning: '同一身份的新生产者或消费者已接管。', fix: '无需处理：旧的停止，新的继续。' },
  HUB_LOG_UNKNOWN_TOPIC: {
    meaning: '主题不存在。',
    fix: '用含有该名称的目录版本启动一次枢纽，或改正名称。',
  },
  HUB_LOG_OFFSET_OUT_OF_RANGE: {
    meaning: '所要的记录已过保存期，或尚未产生。',
    fix: '改为从开头或末尾读取。',
  },
  HUB_LOG_CLOSED: { meaning: '日志在使用中被关闭。', fix: '运行中无需处理：使用它的部分正在停止。' },
  HUB_LOG_PARTITIONS_FROZEN: {
    meaning: '主题已按另一分区数建立；分区数一经建立不可更改。',
    fix: '沿用已有的分区数，或使用新的数据目录（Kafka 上用另一个 instance）；其差异见 hub topics plan。',
  },
  HUB_LOG_RECORD_TOO_LARGE: {
    meaning: '一条记录超过了主题允许的大小。',
    fix: '调大提示中主题的 max.message.bytes，或让来源减小单条记录。',
  },
  HUB_LOG_CORRUPT: {
    meaning: '存储的数据段不符合其格式。',
    fix: '从备份恢复数据目录，并上报提示中的数据段。',
  },
  HUB_KAFKA_CLIENT_MISSING: {
    meaning: 'Kafka 模式需要原生 Kafka 客户端，而当前运行的 Node.js 没有可用的版本。',
    fix: '请用同一 Node.js 在项目目录执行 npm run kafka:client（编译需数分钟，依赖 g++、make、python3 和 libssl-dev），然后重新启动枢纽。',
  },
  HUB_KAFKA_UNREACHABLE: {
    meaning: 'Kafka 集群没有任何代理应答，或为其签发令牌的服务器没有应答。',
    fix: '先不必处理，枢纽会重试；若持续存在，请检查 kafka.brokers、网络，以及代理是否使用 TLS。',
  },
  HUB_KAFKA_REFUSED: {
    meaning: 'Kafka 集群拒绝枢纽的凭据，或枢纽缺少所需的权限。',
    fix: '改正配置中的 kafka.security，或请管理员授予权限，然后重新启动枢纽。',
  },
  HUB_KAFKA_TOO_OLD: {
    meaning: 'Kafka 集群早于 2.5：无法隔离被误认为已停止的工作进程，记录可能被计算两次。',
    fix: '请把代理升级到 Kafka 2.5 或更新版本。',
  },
  HUB_KAFKA_TOO_FEW_BROKERS: {
    meaning: '代理数或主题的副本数，少于一条记录算作写入所需的份数。',
    fix: '启动缺少的代理，或在清楚后果的前提下调低 kafka.replication 和 kafka.minInSyncReplicas；副本用 kafka-reassign-partitions.sh 增加。',
  },
  HUB_KAFKA_TOPICS_UNFIT: {
    meaning: '集群上缺少本枢纽的主题，或主题的保留方式与所需不同。',
    fix: '用 hub topics plan 查看差异，再执行 hub topics apply。',
  },
  HUB_SERVICES_UNFIT: {
    meaning: 'Kafka 模式所用的服务有多个问题，枢纽无法启动。',
    fix: '按提示逐行处理，然后重新启动。',
  },
  HUB_SCHEMA_REGISTRY_UNAVAILABLE: {
    meaning: '模型注册中心没有应答、自身出错，或配置的地址上不是注册中心。',
    fix: '先不必处理，枢纽会重试；若持续存在，请检查 registry.url（含路径）和注册中心本身。',
  },
  HUB_SCHEMA_REGISTRY_REFUSED: {
    meaning: '模型注册中心拒绝枢纽的凭据，或不允许其读取、登记。',
    fix: '改正 registry.username 和 registry.password，或请管理员授权，然后重新启动枢纽。',
  },
  HUB_SCHEMA_UNKNOWN_ID: {
    meaning: '本系统主题上的字节引用了注册表中没有的模式。',
    fix: '查明是谁在写这个主题；字节已进入死信。',
  },
  HUB_SCHEMA_NOT_OURS: {
    meaning: '本系统主题上的字节不以魔数开头，或无法解码。',
    fix: '查明是谁在写这个主题；字节已进入死信。',
  },
  HUB_SCHEMA_INCOMPATIBLE: {
    meaning: '该模式会使以前版本的读者或写者失效（FULL_TRANSITIVE）。',
    fix: '只增加带默认值的字段，或给有默认值的枚举增加取值；不要改名、删除或改类型。',
  },
  HUB_INPUT_UNKNOWN_KIND: {
    meaning: '输入的种类是当前版本不认识的；跳过它会丢失一项决定。',
    fix: '启动写入它的版本；该分区会等到那时。',
  },
  HUB_INPUT_NO_SUCH_ITEM: {
    meaning: '一项决定所指的事项从未出现过。',
    fix: '用 hub trace 事项 核对编号。',
  },
  HUB_WARNING_UNKNOWN: {
    meaning: '没有此编号的预警,或该预警已结束。',
    fix: '用 hub warning list 查看生效中的预警。',
  },
  HUB_ITEM_UNKNOWN: {
    meaning: '没有与该编号对应的事项。',
    fix: '用 hub tap items --until-end 查看现有事项；无法读取的记录见 hub dead-letters list。',
  },
  HUB_ITEM_AMBIGUOUS: {
    meaning: '有多个事项与该编号对应。',
    fix: '请给出完整的事项编号，或 source:recordId（来源:记录号）。',
  },
  HUB_PAIR_IMPOSSIBLE: {
    meaning: '这两个事项不能关联或分开：它们是同一事项，或是同一记录号下的两件事。',
    fix: '请指定不同记录的两个事项；可用 hub trace ITEM 查看。',
  },
  HUB_REVIEW_UNKNOWN: {
    meaning: '没有与此编号对应的待审项，或已有人作出决定。',
    fix: '用 hub review list 列出待审项；事项上已作的决定见 hub why ITEM。',
  },
  HUB_RECORD_MALFORMED: {
    meaning: '记录无法解析（被截断、格式不对或类型错误）。',
    fix: '用 hub dead-letters show 编号 查看；请来源方更正后重跑。',
  },
  HUB_RECORD_ENCODING: {
    meaning: '记录的字节不是其来源所用编码的有效文本。',
    fix: '用 hub dead-letters show 编号 查看；请来源方更正后重跑。',
  },
  HUB_RECORD_NO_ID: {
    meaning: '记录没有自己的编号，无法与其他记录区分。',
    fix: '询问来源方；作废它，或请来源方重新发送。',
  },
  HUB_RECORD_NO_TIME: {
    meaning: '记录没有可作为受理时间的时间。',
    fix: '向来源方询问所缺的时间，然后重跑。',
  },
  HUB_RECORD_TIME_IMPLAUSIBLE: {
    meaning: '受理时间早于 2000 年，或晚于当前一天以上。',
    fix: '请来源方校正时钟，然后重跑。',
  },
  HUB_RECORD_TOO_LARGE: {
    meaning: '记录超过其来源允许的大小。',
    fix: '调大该接入器的 maxRecordBytes 后重跑；或请来源方以引用方式发送附件。',
  },
  HUB_RECORD_NORMALIZE_FAILED: {
    meaning: '接入器自己的 normalize 函数抛出异常：接入器的缺陷，由这条记录触发。',
    fix: '修正接入器，把该记录加入其样例，然后重跑。',
  },
  HUB_PROCESS_FAILED: {
    meaning: '处理器抛出异常：程序缺陷，由这条输入触发。',
    fix: '修正处理器，然后重跑；在此之前事项保持上一次的正确状态。',
  },
  HUB_SOURCE_UNREACHABLE: {
    meaning: '来源没有应答（连接被拒、被重置或中途断开）。',
    fix: '起初无需处理，枢纽会重试；若持续出现，请询问来源方。',
  },
  HUB_SOURCE_TIMEOUT: {
    meaning: '来源未在时限内应答。',
    fix: '起初无需处理，枢纽会重试；若持续出现，请调大 requestTimeoutMs 或询问来源方。',
  },
  HUB_SOURCE_RATE_LIMITED: {
    meaning: '来源要求暂缓访问（429）。',
    fix: '无需处理，枢纽会按要求等待；若持续出现，请调大 pollIntervalMs 或申请更高配额。',
  },
  HUB_SOURCE_FAILING: {
    meaning: '来源自身出错（5xx，或 200 内含错误）。',
    fix: '起初无需处理，枢纽会重试；若持续出现，请把提示转给来源方。',
  },
  HUB_SOURCE_LOGIN_PAGE: {
    meaning: '来源返回的不是数据而是 HTML 页面，多半是登录页。',
    fix: '检查地址是否为接口而非门户，中间是否有网关拦截。',
  },
  HUB_SOURCE_REFUSED: {
    meaning: '来源拒绝该账号或其读取权限。',
    fix: '更正配置中的账号，或请来源开通权限；然后重新启动系统。',
  },
  HUB_SOURCE_PROTOCOL: {
    meaning: '来源的应答与其接口约定不符。',
    fix: '对照接入器的 README；接口可能已变更。',
  },
  HUB_SOURCE_UNSTABLE: {
    meaning: '读取期间记录在各页之间不断移位，无法完整读完一遍。',
    fix: '起初无需处理，读取位置不动，枢纽会重读；若持续出现，请调大 maxPasses。',
  },
  HUB_SOURCE_NOT_LISTENING: {
    meaning: '枢纽无法在来源推送的地址上监听（端口被占用、不是本机地址或没有权限）。',
    fix: '按提示修改该接入器的 listen.host、listen.port；枢纽会重试，来源会重发未能送达的内容。',
  },
  HUB_CONNECTOR_UNRESPONSIVE: {
    meaning: '接入器没有存活信号，已被终止。',
    fix: '起初无需处理，它会重启；若反复出现，请查找死循环或失控的正则表达式。',
  },
  HUB_CONNECTOR_MEMORY: {
    meaning: '接入器内存超限，已被终止。',
    fix: '起初无需处理，它会重启；若反复出现，请调小分页或调大 maxMemoryMb。',
  },
  HUB_CONNECTOR_CRASHED: {
    meaning: '接入器在约定之外抛出异常，已被终止。',
    fix: '起初无需处理，它会重启；调用栈见日志。',
  },
  HUB_SINK_FAILED: {
    meaning: '输出无法写入。',
    fix: '排除提示中的原因；输出会从最后确认的记录继续。',
  },
  HUB_SINK_CRASHED: {
    meaning: '输出在约定之外抛出异常，已被终止。',
    fix: '起初无需处理，它会从最后确认的记录重启；调用栈见日志。',
  },
  HUB_SINK_UNRESPONSIVE: {
    meaning: '输出没有存活信号，已被终止。',
    fix: '起初无需处理，它会从最后确认的记录重启；若反复出现，请查找死循环。',
  },
  HUB_SINK_MEMORY: {
    meaning: '输出内存超限，已被终止。',
    fix: '起初无需处理，它会从最后确认的记录重启；若反复出现，请调大 maxMemoryMb。',
  },
  HUB_ATTACHMENT_MISSING: {
    meaning: '附件被引用，但不在附件库中。',
    fix: '从与该数据文件对应的备份恢复附件目录。',
  },
  HUB_DEADLETTER_UNKNOWN: { meaning: '没有这封死信。', fix: '用 hub dead-letters list 列出。' },
  HUB_CATALOGUE_INVALID: {
    meaning: '目录（类别、单位、规则）不符合格式，或自相矛盾。',
    fix: '改正所列问题；枢纽不会带着半份目录启动。',
  },
  HUB_CATALOGUE_UNKNOWN_VERSION: {
    meaning: '输入所标的目录版本未安装在此处。',
    fix: '安装该版本的目录；分区会等到那时。',
  },
  HUB_CALENDAR_NO_DATA: {
    meaning: '工作日历没有覆盖某个时限所需的日期。',
    fix: '安装国务院当年的放假安排；在此之前时限为暂定。',
  },
  HUB_CLI_USAGE: { meaning: '无法理解该命令行。', fix: '参见：hub help 命令。' },
  HUB_CONTROL_REFUSED: {
    meaning: '正在运行的枢纽拒绝了命令行的命令。',
    fix: '见提示；命令所用的数据目录必须与运行中的枢纽相同。',
  },
  HUB_NODE_TOO_OLD: {
    meaning: '用来运行枢纽的 Node.js 低于 24.15。',
    fix: '请先在本目录执行一次 npm install，再通过 npm 启动（npm run -s hub -- 命令），它会使用本项目自带的 Node.js；或安装 Node.js 24.15 及以上版本。',
  },
  HUB_NOTIFY_CHANNEL: {
    meaning: '通知值班人员的某个通道不接收消息。',
    fix: '检查该通道的地址、账号和额度；其间消息改走下一通道，本通道随下一条消息重试。',
  },
  HUB_INCIDENT_UNKNOWN: {
    meaning: 'notify 输出中没有此编号的告警。',
    fix: '用 hub ack 列出未结束的告警。',
  },
  HUB_PORT_BUSY: {
    meaning: '无法监听 HTTP 地址，多半是端口被其他程序占用。',
    fix: '用 ss -ltnp 查看占用端口的程序并停掉它，或在配置中另选 http.host、http.port；枢纽照常运行，每 30 秒重试一次。',
  },
  HUB_INDEX_UNAVAILABLE: {
    meaning: '存放疑似重复索引的 Redis 没有应答，或应答过慢。',
    fix: '启动 Redis，或改正 redis.url 及其间的网络；其间事项照常流转但不并单，恢复后自动补查。',
  },
  HUB_INDEX_FULL: {
    meaning: 'Redis 的内存（maxmemory）已放不下疑似重复索引。',
    fix: '调大 Redis 的 maxmemory（每条事项所需见 docs/kafka.md）；之后事项自动补查并单。',
  },
  HUB_INDEX_AHEAD: {
    meaning: '疑似重复索引与日志不属同一时点：其中有日志所没有的内容。',
    fix: '运行：hub rebuild-index。在此之前事项照常流转但不并单，之后自动补查。',
  },
  HUB_INDEX_REBUILDING: {
    meaning: '另一条命令正在重建疑似重复索引。',
    fix: '等它结束；若它已中断，再次运行：hub rebuild-index。',
  },
  HUB_INDEX_SETTING: {
    meaning: 'Redis 拒绝本枢纽，或其设置会让它悄悄丢弃疑似重复索引的一部分。',
    fix: '按提示改正 redis.username 和 redis.password，或把 maxmemory-policy 设为 noeviction。',
  },
  HUB_ITEM_STORE_UNAVAILABLE: {
    meaning: '供查询事项的 PostgreSQL 没有应答、正在启动，或空间不足。',
    fix: '先不必处理，枢纽会自行重试；若一直如此，请启动 PostgreSQL，或改正 postgres.url 和网络。其间事项照常研判和分发。',
  },
  HUB_ITEM_STORE_SETTING: {
    meaning: 'PostgreSQL 拒绝该账号、没有这个数据库，或其数据库存不下事项。',
    fix: '按提示改正 postgres.url 中的账号、密码和数据库，或以 UTF8 编码建立数据库。',
  },
  HUB_INTERNAL: { meaning: '枢纽自身的缺陷。', fix: '请附上日志中的调用栈上报。' },
};
