import type { Arabic } from '../words';

const meeting: Arabic['meeting'] = {
  title: 'VNET | اجتماع',
  notFound: 'لم يُعثر على اجتماع بالرمز «{{code}}»',
  notFoundHelp: 'يُرجى التحقق من الرمز في الدعوة، أو سؤال من أرسلها.',
  fault: 'تعذّر تحميل الاجتماع',
  waiting: 'سيسمح لك أحد المضيفين بالدخول',
  waitingHelp: 'أنت في غرفة انتظار «{{title}}». تم إبلاغ المضيفين بوجودك.',
  waitingLeave: 'مغادرة غرفة الانتظار',
  invite: 'الانضمام إلى الاجتماع «{{title}}»\n{{link}}\nالرمز: {{code}}',
};

export default meeting;
