"""What the modules on the device say (static/web/js/offline), in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Sentences by name; {n} and the like are filled in there."""
    return {
        "unsent": _("还有 {n} 件没送出"),
        "signed_out": _("请重新登录，登录后自动送出。"),
        "others": _("这台手机上还有别人写的 {n} 件，等本人登录再送出。"),
        "waiting_here": _("这台手机上有 {n} 件没送出，本人登录后自动送出。"),
        "kept_at": _("没有网络，或者网太慢。这是 {at} 存下的样子，后来的变化看不到；写的照样能记下，有网自动送出。"),
        "fresh": _("新的样子到了，点这里看。"),
        "of_item": _("这件事您写的还没送出：{titles}。"),
        "can": _("这台手机可离线：没有网也能记、能办看过的事。"),
        "cannot_http": _("不可离线：网址不是 https 开头。请找管这套系统的人。"),
        "cannot_chat": _("不可离线：请点右上角，用浏览器打开。"),
        "cannot": _("不可离线：这个浏览器不支持，请换一个新的浏览器。"),
        "no_network": _("没有网络，先没有送。写的还留在这个页面里，有网再按一次。"),
        "waiting": _("等着送出"),
        "sending": _("正在送"),
        "refused": _("没有收下"),
        "taken": _("已收到"),
        "why_network": _("没有网络，有网自动送出。"),
        "why_busy": _("服务器忙，过一会儿自动再送。"),
        "why_other_user": _("现在登录的是别人，等您登录再送出。"),
        "why_locked": _("已锁屏，解锁后自动送出。"),
        "now": _("现在是“{stage}”，由 {holder} 负责。"),
        "changed": _("办理状态已变"),
        "typed": _("您写的"),
        "photos": _("照片 {n} 张"),
        "voices": _("录音 {n} 段"),
        "redo": _("按现在的状态重做"),
        "as_note": _("作为备注记上"),
        "as_new": _("另记一件"),
        "again": _("再送一次"),
        "drop": _("不要了"),
        "drop_sure": _("真的不要了？再按一次就删掉。"),
        "see": _("去看这件事"),
        "noted": _("知道了"),
        "receipt": _("回执 {receipt}，口令 {word}。请抄给来话人，只显示在这里。"),
        "nothing": _("都送出了。"),
        "put_back": _("您上次写的放回来了，看一遍再送。"),
        "pick_step": _("您上次写的是：{words}。点要办的那一步，会自动填上。"),
        "locked_try": _("密码不对，还可以试 {n} 次。"),
        "locked_wait": _("试的次数太多，有网再解锁。写的都在。"),
        "locked_never": _("这台手机上还没有用密码解过锁，要有网才能解锁。写的都在。"),
        "kept_list": _("存下的页面"),
    }
